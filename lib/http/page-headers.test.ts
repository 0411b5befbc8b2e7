import { expect, test } from 'vitest';
import { pageHeaders } from './page-headers.ts';

const policy = (secure: boolean) =>
  pageHeaders({ uploadOrigin: 'http://127.0.0.1:4566', secure })['content-security-policy']!.split('; ');

test('images over plain HTTP are shown on a page over plain HTTP only', () => {
  expect(policy(true)).toContain("img-src 'self' https:");
  expect(policy(false)).toContain("img-src 'self' http: https:");
});

test('nothing is allowed that is not named, and nothing inline', () => {
  expect(policy(false)).toContain("default-src 'none'");
  expect(policy(false)).toContain("connect-src 'self' http://127.0.0.1:4566");
  expect(policy(false).join()).not.toMatch(/unsafe|data:|blob:|\*/);
});
