import { expect, test } from 'vitest';
import { plainFileName } from './file-name.ts';

test.each([
  ['products.csv', 'products.csv'],
  ['C:\\Users\\me\\products.csv', 'products.csv'],
  ['incoming/drop/products.csv', 'products.csv'],
  ['a\r\nb\0.csv', 'ab.csv'],
  ['', 'products.csv'],
  [undefined, 'products.csv'],
  ['x'.repeat(201), 'x'.repeat(200)],
  [`${'x'.repeat(199)}🪑.csv`, 'x'.repeat(199)],
  [`${'x'.repeat(198)}🪑.csv`, `${'x'.repeat(198)}🪑`],
  ['a\ud83e.csv', 'a\ufffd.csv'],
])('%j is shown as %j, never with half a character', (name, shown) => {
  expect(plainFileName(name)).toBe(shown);
});
