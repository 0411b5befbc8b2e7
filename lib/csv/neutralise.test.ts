import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neutralise, restore } from './neutralise.ts';

const NASTY = ["'", '"', '=', '-', '5', '.', ' ', '\t', '\r', '\n', 'x', '＝', ';', ',', '|', '('];

describe('neutralise', () => {
  it.each([
    ...['=1+1', '+1+1', '-1+1', '@SUM(A1)', '＝1+1', '＋1', '－1', '＠SUM(A1)', '\tx', '\rx'],
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

  it.each([
    ['Mug;=1+1', "Mug;'=1+1"],
    ['Mug; "@SUM(A1)', 'Mug;\' "@SUM(A1)'],
    ['a,=1\t=2|=3', "a,'=1\t'=2|'=3"],
    ['=1;=2', "'=1;'=2"],
    ['\t=1', "'\t'=1"],
    ['two\r\n=1;', "two\r\n'=1;"],
    ["a;-2+3+cmd|' /C calc'!A0", "a;'-2+3+cmd|' /C calc'!A0"],
    ['a\n+HYPERLINK("x")', 'a\n\'+HYPERLINK("x")'],
    ['a,-hyperlink ("x"), -5', 'a,\'-hyperlink ("x"), -5'],
    ['a;@SUM（1）', "a;'@SUM（1）"],
    ['-5 to +20, -SUM(A1)\n- soft', "'-5 to +20,' -SUM(A1)\n- soft"],
    ["a;'=1", "a;''=1"],
  ])('puts an apostrophe behind a separator within %j, where another list separator would cut it', (cell, written) => {
    expect(neutralise(cell)).toBe(written);
    expect(restore(written)).toBe(cell);
  });

  it.each([
    'soft\n- warm\n- blue',
    'Shirt, -20% off',
    'Great shirt!\n- soft\n- warm',
    'Sizes (EU): 38, 39,\n- machine wash',
    'Care:\n- cotton (100%)\n- wash at 30 °C (mild)',
    'Contact us, @brand #sale',
    'Temp (C), -5 to +20',
    'https://maps.example/m?center=40.7,-73.9&markers=color:red|40.7,-73.9',
    'Ask us:\n@brand',
    '1;-5',
    'a=b;c=d',
    "a;'b",
    'https://x.example/a,https://x.example/?b=1',
  ])('leaves %j alone: no formula runs there that could do anything', (cell) => {
    expect(neutralise(cell)).toBe(cell);
    expect(restore(cell)).toBe(cell);
  });

  it('restores exactly what was written, whatever it was', () => {
    const nasty = fc.string({ unit: fc.constantFrom(...NASTY) });
    fc.assert(
      fc.property(fc.oneof(fc.string(), nasty), (cell) => {
        expect(restore(neutralise(cell))).toBe(cell);
      }),
      { numRuns: 2_000 },
    );
  });
});
