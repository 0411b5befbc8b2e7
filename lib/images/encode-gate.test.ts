import { describe, expect, test } from 'vitest';
import { createEncodeGate } from './gate.ts';

/** Starts all pieces of work and tells which of them run before any has ended. */
async function runningAtFirst(sizes: number[]): Promise<number[]> {
  const gate = createEncodeGate({ atOnce: 2, maxPixels: 50_000_000 });
  const running: number[] = [];
  const { promise: end, resolve } = Promise.withResolvers<undefined>();
  const all = sizes.map((pixels) =>
    gate(pixels, async () => {
      running.push(pixels);
      await end;
    }),
  );
  await new Promise(setImmediate);
  const first = [...running];
  resolve(undefined);
  await Promise.all(all);
  expect(running.toSorted()).toEqual(sizes.toSorted());
  return first;
}

describe('the encode gate', () => {
  test('runs as many small images at once as are allowed', async () => {
    expect(await runningAtFirst([1_000_000, 1_000_000, 1_000_000])).toEqual([1_000_000, 1_000_000]);
  });

  test('runs the largest image alone', async () => {
    expect(await runningAtFirst([50_000_000, 1_000_000])).toEqual([50_000_000]);
  });

  test('waits with a large image until the small one is done', async () => {
    expect(await runningAtFirst([1_000_000, 30_000_000])).toEqual([1_000_000]);
  });

  test('lets two images of half the limit run side by side', async () => {
    expect(await runningAtFirst([25_000_000, 25_000_000])).toEqual([25_000_000, 25_000_000]);
  });
});
