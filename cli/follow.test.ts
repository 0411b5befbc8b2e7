import { describe, expect, it } from 'vitest';
import { pollDelay } from './follow.ts';

describe('pollDelay', () => {
  it.each([
    [null, 0, 500],
    [null, 2, 1125],
    [null, 50, 5000],
    [1, 0, 500],
    [40, 0, 2000],
    [3600, 0, 5000],
    [0, 4, 2531.25],
  ])('%j seconds left and %d polls without change: %d ms', (secondsLeft, unchanged, delay) => {
    expect(pollDelay(secondsLeft, unchanged)).toBe(delay);
  });
});
