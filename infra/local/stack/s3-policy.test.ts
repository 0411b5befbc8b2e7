import { expect, test } from 'vitest';
import { checkPolicy } from './s3-policy.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const encode = (conditions: unknown[], expiration = '2026-01-01T00:01:00Z') =>
  Buffer.from(JSON.stringify({ expiration, conditions })).toString('base64');
const check = (conditions: unknown[], fields: Record<string, string> = {}) =>
  checkPolicy({ key: 'a/b', policy: encode(conditions), ...fields }, now);

test('fields may be what the policy says of them, in both spellings', () => {
  expect(check([{ key: 'a/b' }])).toEqual({ least: 0, most: Infinity });
  expect(
    check([
      ['eq', '$key', 'a/b'],
      ['content-length-range', 1, 10],
    ]),
  ).toEqual({ least: 1, most: 10 });
  expect(check([['starts-with', '$key', 'a/']])).toBeDefined();
  expect(check([{ key: 'a/b' }, ['starts-with', '$x-amz-meta-q', '']], { 'x-amz-meta-q': 'any' })).toBeDefined();
});

test.each<[string, unknown[], Record<string, string>, string]>([
  ['another value', [{ key: 'a/c' }], {}, 'Policy Condition failed: key'],
  ['another beginning', [['starts-with', '$key', 'b/']], {}, 'Policy Condition failed: key'],
  ['an operator that S3 has not', [['ends-with', '$key', 'b']], {}, 'Policy Condition failed: key'],
  ['a field that is missing', [{ key: 'a/b' }, { acl: 'private' }], {}, 'Policy Condition failed: acl'],
  [
    'a field that the policy does not name',
    [{ key: 'a/b' }],
    { 'content-type': 'x' },
    'Extra input fields: content-type',
  ],
])('%s is refused', (_, conditions, fields, message) => {
  expect(() => check(conditions, fields)).toThrow(message);
});

test('a policy that has expired, is none or is missing allows nothing', () => {
  expect(() => check([], { policy: encode([{ key: 'a/b' }], '2025-12-31T23:59:59Z') })).toThrow('expired');
  expect(() => check([], { policy: 'bm9uc2Vuc2U=' })).toThrow('not a policy');
  expect(() => checkPolicy({ key: 'a/b' }, now)).toThrow('Access Denied');
});
