import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatDecimal, formatDuration, formatTable } from './format.ts';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1_549, '1.5 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
    [524_288_000, '524.3 MB'],
    [1_234_567_890, '1.2 GB'],
    [5e15, '5000.0 TB'],
  ])('%d is %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('formatDuration', () => {
  it.each([
    [-1, '0 s'],
    [0.4, '0 s'],
    [59.4, '59 s'],
    [59.6, '1 min 00 s'],
    [65, '1 min 05 s'],
    [3599.4, '59 min 59 s'],
    [3599.6, '1 h 00 min'],
    [7199, '2 h 00 min'],
    [90_000, '25 h 00 min'],
  ])('%d seconds are %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));
});

describe('formatCount and formatDecimal', () => {
  it('separate thousands', () => expect(formatCount(1_234_567)).toBe('1,234,567'));
  it.each([
    [0.04, '0'],
    [0.46, '0.5'],
    [38, '38'],
    [1234.56, '1,234.6'],
  ])('%d is %s', (value, text) => expect(formatDecimal(value)).toBe(text));
});

describe('formatTable', () => {
  it('aligns columns and leaves no trailing blanks', () => {
    expect(
      formatTable([
        ['a', 'bb', ''],
        ['aaa', 'b', 'c'],
      ]),
    ).toEqual(['a    bb', 'aaa  b   c']);
  });
});
