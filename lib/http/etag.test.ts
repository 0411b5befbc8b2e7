import { expect, test } from 'vitest';
import { etagOf, isHeld } from './etag.ts';

const etag = etagOf('a page');

test('other bytes have another tag, equal ones the same', () => {
  expect(etag).toMatch(/^"[\w-]{27}"$/);
  expect(etagOf(Buffer.from('a page'))).toBe(etag);
  expect(etagOf('a page!')).not.toBe(etag);
});

test.each([
  [etag, true],
  [`W/${etag}`, true],
  [`"other", ${etag}`, true],
  ['*', true],
  [etag.replaceAll('"', ''), false],
  ['"other"', false],
  ['', false],
  [undefined, false],
])('who holds %s has it: %s', (held, has) => {
  expect(isHeld(held, etag)).toBe(has);
  expect(isHeld(held, `W/${etag}`)).toBe(has);
});
