import { describe, expect, it } from 'vitest';
import { ago, bytes, change, count, duration, percent, plural, roughly } from './format.ts';

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [1, '1 B'],
    [999, '999 B'],
    [1_000, '1 kB'],
    [1_249, '1.2 kB'],
    [99_950, '100 kB'],
    [999_499, '999 kB'],
    [999_950, '1 MB'],
    [4_400_000, '4.4 MB'],
    [524_288_000, '524 MB'],
    [1_500_000_000, '1.5 GB'],
    [7e15, '7,000 TB'],
    [-2_500_000, '-2.5 MB'],
  ])('%d is %s', (value, text) => expect(bytes(value)).toBe(text));
});

describe('change', () => {
  it.each([
    [1_000, 400, '−60%'],
    [1_000, 1_000, '0%'],
    [10_000, 9_996, '0%'],
    [10_000, 10_004, '0%'],
    [1_000, 1_055, '+5.5%'],
    [0, 0, '0%'],
  ])('from %d to %d is %s', (before, after, text) => expect(change(before, after)).toBe(text));
});

describe('duration', () => {
  it.each([
    [0, '0 s'],
    [400, 'under 1 s'],
    [1_400, '1 s'],
    [59_600, '1 min'],
    [61_000, '1 min 1 s'],
    [3_600_000, '1 h'],
    [3_661_000, '1 h 1 min'],
    [86_400_000 * 3 + 3_600_000 * 2, '3 d 2 h'],
    [-5, '0 s'],
  ])('%d ms is %s', (ms, text) => expect(duration(ms)).toBe(text));
});

describe('roughly', () => {
  it.each([
    [0, '1 s'],
    [12_300, '12 s'],
    [43_000, '45 s'],
    [58_000, '1 min'],
    [227_000, '3 min 45 s'],
    [1_690_000, '28 min'],
    [7_300_000, '2 h'],
  ])('%d ms is about %s', (ms, text) => expect(roughly(ms)).toBe(text));
});

describe('ago', () => {
  const now = Date.parse('2025-11-22T12:00:00Z');
  it.each([
    [-4_000, 'just now'],
    [5_000, 'just now'],
    [42_000, '42 s ago'],
    [3_599_000, '59 min ago'],
    [7_300_000, '2 h ago'],
  ])('%d ms before is %s', (ms, text) => expect(ago(new Date(now - ms).toISOString(), now)).toBe(text));

  it('is a date after half a day', () => {
    expect(ago('2025-11-20T12:00:00Z', now)).toMatch(/20 Nov 2025/);
  });
});

it('counts in words', () => {
  expect([plural(1, 'image'), plural(0, 'image'), plural(12_345, 'row'), plural(2, 'try', 'tries')]).toEqual([
    '1 image',
    '0 images',
    '12,345 rows',
    '2 tries',
  ]);
  expect(count(1_000_000)).toBe('1,000,000');
});

it('gives percents a decimal only where it says something', () => {
  expect([percent(0), percent(4.25), percent(58.4), percent(-3.2), percent(100)]).toEqual([
    '0%',
    '4.3%',
    '58%',
    '-3.2%',
    '100%',
  ]);
});
