import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { samplePictures } from './catalogue.ts';
import { KINDS } from './kinds.ts';
import { makeSamples } from './make-samples.ts';

/** One picture of each kind, smaller than in the catalogue to be quick. */
const pictures = [...new Map(samplePictures().map((picture) => [picture.kind, picture])).values()].map((picture) => ({
  ...picture,
  shots: picture.shots.map((shot) => ({
    ...shot,
    width: Math.min(shot.width, 480),
    height: Math.min(shot.height, 360),
  })),
}));
let dirs: string[];

beforeAll(async () => {
  dirs = await Promise.all([0, 1].map(() => mkdtemp(join(tmpdir(), 'samples-'))));
  await makeSamples(dirs[0]!, pictures);
}, 60_000);
afterAll(() => Promise.all(dirs.map((dir) => rm(dir, { recursive: true }))));

it('makes the same bytes again', async () => {
  const few = pictures.filter(({ kind }) => ['jpeg', 'jpeg-left-gps', 'gif-animated'].includes(kind));
  await makeSamples(dirs[1]!, few);
  for (const { file } of few) {
    const [first, second] = await Promise.all(dirs.map((dir) => readFile(join(dir, file))));
    expect(first!.equals(second!), file).toBe(true);
  }
}, 60_000);

it('has every kind of file come out as the catalogue tells', async () => {
  // Only now, since it forbids SVG to the process.
  const { compressImage } = await import('../lib/images/compress-image.ts');
  const { ImageOptions } = await import('../lib/images/image-options.ts');
  const outcomes = await Promise.all(
    pictures.map(async ({ file, kind }) => {
      const input = await readFile(join(dirs[0]!, file));
      return compressImage(input, ImageOptions.parse({}), { maxPixels: 50_000_000 }).then(
        ({ warnings }) => [kind, warnings[0] ?? 'compressed'],
        (error: unknown) => [kind, (error as { code?: string }).code],
      );
    }),
  );
  expect(outcomes).toEqual(pictures.map(({ kind }) => [kind, KINDS[kind].becomes]));
}, 60_000);
