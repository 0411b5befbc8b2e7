import { expect, test } from 'vitest';
import { accepts, acceptsType } from './accept.ts';

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

test.each([
  [undefined, 'text/csv', true],
  ['', 'text/csv', false],
  ['*/*', 'text/csv', true],
  ['text/*', 'text/csv', true],
  ['text/*', 'application/json', false],
  ['Application/JSON; charset=utf-8', 'application/json', true],
  ['application/json, text/plain, */*', 'text/csv', true],
  ['application/json, */*;q=0', 'text/csv', false],
  ['text/csv;q=0, text/*', 'text/csv', false],
  ['text/plain', 'text/csv', false],
])('of the media types "%s" %s is taken: %s', (header, type, taken) => {
  expect(acceptsType(header, type)).toBe(taken);
});
