import { expect, it } from 'vitest';
import { pauseBefore } from './wait-to-retry.ts';

it('waits twice as long each time, up to a quarter of a minute', () => {
  expect([2, 3, 4, 5, 6, 7, 50].map(pauseBefore)).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
});
