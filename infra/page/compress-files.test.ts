import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compressFiles } from './compress-files.ts';
import { pageBytes } from './page-size.ts';

const script = 'const answer = 42;\n'.repeat(100);
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rowpress-page-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'assets/app.js'), script);
  writeFileSync(join(folder, 'tiny.css'), 'a{}');
  writeFileSync(join(folder, 'sample.csv'), script);
  await compressFiles(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('texts get a smaller copy of each kind beside them, when there is one', () => {
  expect(readdirSync(join(folder, 'assets')).sort()).toEqual(['app.js', 'app.js.br', 'app.js.gz']);
  expect(brotliDecompressSync(readFileSync(join(folder, 'assets/app.js.br'))).toString()).toBe(script);
  expect(gunzipSync(readFileSync(join(folder, 'assets/app.js.gz'))).toString()).toBe(script);
  expect(readdirSync(folder).sort()).toEqual(['assets', 'sample.csv', 'tiny.css']);
});

test('the size of a page is that of its code, gzipped, each once', () => {
  const gzipped = readFileSync(join(folder, 'assets/app.js.gz')).length;
  expect(pageBytes(folder)).toBeGreaterThan(gzipped);
  expect(pageBytes(folder)).toBeLessThan(gzipped + 40);
});
