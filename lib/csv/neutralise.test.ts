import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neutralise, restore } from './neutralise.ts';

describe('neutralise', () => {
  it.each([
    ...['=1+1', '+1+1', '-1+1', '@SUM(A1)', '＝1+1', '＋1', '－1', '＠SUM(A1)', '\t=1', '\tx', '\rx', '\n=1'],
    ...[
      '\0=1',
      ' =1',
      '  @x',
      '"=1',
      "'=1",
      '\u00a0=1',
      '\uFEFF=1',
      ' "\0\'-x',
      '=',
      '-',
      '+48 123 456',
      '-5-5',
      '+1e5',
    ],
  ])('puts an apostrophe before %j', (cell) => {
    expect(neutralise(cell)).toBe(`'${cell}`);
    expect(restore(neutralise(cell))).toBe(cell);
  });

  it.each([
    '',
    ' ',
    'x',
    '5',
    '-5',
    '+3.2',
    '-1,234.50',
    '-12%',
    'a=b',
    "'",
    "'quoted'",
    '"',
    "it's",
    'https://x.example/?a=1',
  ])('leaves %j alone', (cell) => {
    expect(neutralise(cell)).toBe(cell);
    expect(restore(cell)).toBe(cell);
  });

  it('restores exactly what was written, whatever it was', () => {
    const nasty = fc.string({ unit: fc.constantFrom("'", '"', '=', '-', '5', '.', ' ', '\t', '\r', '\n', 'x', '＝') });
    fc.assert(
      fc.property(fc.oneof(fc.string(), nasty), (cell) => {
        expect(restore(neutralise(cell))).toBe(cell);
      }),
      { numRuns: 2_000 },
    );
  });
});
