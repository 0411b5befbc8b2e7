import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeSamples } from './make-samples.ts';
import { pageSampleCsv, pageSamplePictures } from './page-sample.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rowpress-page-sample-'));
  await makeSamples(folder, pageSamplePictures());
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

it('names every picture that is made, and one that is gone', async () => {
  const rows: Record<string, string>[] = parse(pageSampleCsv(), { columns: true });
  const files = rows.flatMap((row) => row['Input Image Urls']!.split(', ').map((url) => new URL(url).pathname));
  const made = (await readdir(folder)).map((file) => `/sample/${file}`);
  expect(new Set(files).size).toBe(files.length);
  expect(files.filter((file) => !made.includes(file))).toEqual(['/sample/wall-clock-2.jpg']);
  expect(made.filter((file) => !files.includes(file))).toEqual([]);
});

it('is small enough to be deployed with the page', async () => {
  const sizes = await Promise.all((await readdir(folder)).map(async (file) => (await stat(join(folder, file))).size));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(300_000);
});
