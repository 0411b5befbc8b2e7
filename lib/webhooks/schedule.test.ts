import { describe, expect, it } from 'vitest';
import { nextDelaySeconds } from './schedule.ts';

const delays = [5, 300, 1800, 7200, 18_000, 36_000, 43_000];
const middle = { retryAfterSeconds: null, random: () => 0.5 };

describe('nextDelaySeconds', () => {
  it('follows the given delays and ends after the last', () => {
    const planned = [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) => nextDelaySeconds(attempt, delays, middle));
    expect(planned).toEqual([...delays, null]);
  });

  it('varies each by a tenth, never past what SQS allows', () => {
    const range = (attempt: number) =>
      [0, 0.999_999].map((value) => nextDelaySeconds(attempt, delays, { ...middle, random: () => value }));
    expect(range(2)).toEqual([270, 330]);
    expect(range(7)).toEqual([38_700, 43_000]);
  });

  it('is never sooner than the receiver asked, never past what SQS allows, and later where planned so', () => {
    const asked = (retryAfterSeconds: number) => nextDelaySeconds(2, delays, { ...middle, retryAfterSeconds });
    expect([asked(0), asked(299), asked(900), asked(1_000_000)]).toEqual([300, 300, 900, 43_000]);
  });

  it('does not go on because the receiver asks for it', () => {
    expect(nextDelaySeconds(8, delays, { ...middle, retryAfterSeconds: 60 })).toBeNull();
    expect(nextDelaySeconds(1, [], middle)).toBeNull();
  });

  it('is a whole number, as SQS wants it', () => {
    expect(nextDelaySeconds(1, [7], { ...middle, random: () => 0.123 })).toSatisfy(Number.isInteger);
  });
});
