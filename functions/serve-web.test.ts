import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lambdaContext, readHttpEvent, SETTINGS, useEnvironmentOf } from '../tests/fakes/lambda.ts';

const folder = mkdtempSync(join(tmpdir(), 'rowpress-page-'));
mkdirSync(join(folder, 'assets'));
writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Rowpress</title>');
writeFileSync(join(folder, 'assets/app-1a2b.js'), 'hello()');
writeFileSync(join(folder, 'sample.csv'), 'Name,Images\nMug,https://rowpress.invalid/sample/mug.jpg\n');
afterAll(() => rmSync(folder, { recursive: true }));

useEnvironmentOf('serve-web');
process.env.PAGE_FOLDER = folder;
const { handler } = await import('./serve-web.ts');

async function call(path: string, { method = 'GET', headers = {} }: { method?: string; headers?: object } = {}) {
  const event = readHttpEvent('serve-web');
  Object.assign(event.requestContext.http, { path, method });
  Object.assign(event.headers, headers);
  const { body = '', isBase64Encoded = false, ...answer } = await handler(event, lambdaContext());
  return { ...answer, text: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8').toString() };
}

test.each(['/', '/requests', '/requests/01K6XJ5T3N8Z4QW2V7YBCDEFGH', '/requests/'])('%s is the page', async (path) => {
  const answer = await call(path);
  expect(answer).toMatchObject({ statusCode: 200, text: '<!doctype html><title>Rowpress</title>' });
  expect(answer.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' });
});

test('a browser is told to run nothing but the page, and to send nothing but CSV files elsewhere', async () => {
  const { headers } = await call('/');
  const policy = String(headers!['content-security-policy']).split('; ');
  expect(policy).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' https:",
    `connect-src 'self' ${SETTINGS.UPLOAD_ORIGIN!}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ]);
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
});

test('files have their addresses, with the same headers', async () => {
  const answer = await call('/assets/app-1a2b.js');
  expect(answer).toMatchObject({ statusCode: 200, text: 'hello()' });
  expect(answer.headers).toHaveProperty('content-security-policy');
});

test("the sample's images are where the page is", async () => {
  expect((await call('/sample.csv')).text).toContain(`${SETTINGS.PUBLIC_API_URL!}/sample/mug.jpg`);
});

test.each([
  '/../package.json',
  '/assets/../../package.json',
  '/%2e%2e/package.json',
  '/assets',
  '/assets/',
  '//index.html',
  '/index.html/',
  '/requests/1/2',
  '/__proto__',
])('%s is not there', async (path) => {
  const answer = await call(path, { headers: { accept: '*/*' } });
  expect(answer).toMatchObject({ statusCode: 404, headers: { 'content-type': 'application/problem+json' } });
  expect(JSON.parse(answer.text)).toMatchObject({ code: 'not_found' });
});

test('a person who is lost gets the page, which says so', async () => {
  const found = await call('/');
  const lost = await call('/nowhere', { headers: { 'if-none-match': found.headers!.etag } });
  expect(lost).toMatchObject({ statusCode: 404, text: found.text, headers: { 'cache-control': 'no-store' } });
  expect(lost.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8' });
});

test.each([
  ['/', 405, 'GET, HEAD'],
  ['/nowhere', 404, undefined],
])('POST %s is refused by %i', async (path, status, allow) => {
  const answer = await call(path, { method: 'POST' });
  expect(answer.statusCode).toBe(status);
  expect(answer.headers!.allow).toBe(allow);
});
