import { expect, test } from 'vitest';
import { accepts } from './accept.ts';

test.each([
  ['gzip, deflate, br, zstd', 'br', true],
  ['gzip, deflate', 'br', false],
  ['br;q=0, gzip', 'br', false],
  ['br; Q=0.5', 'br', true],
  ['*', 'br', true],
  ['*;q=0', 'br', false],
  ['br;q=0, *', 'br', false],
  ['br;q=often', 'br', false],
  ['', 'br', false],
  [undefined, 'br', false],
  ['text/html,application/xml;q=0.9,*/*;q=0.8', 'text/html', true],
  ['*/*', 'text/html', false],
])('of "%s" %s is taken: %s', (header, value, taken) => {
  expect(accepts(header, value)).toBe(taken);
});
