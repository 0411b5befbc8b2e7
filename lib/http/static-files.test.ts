import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readHttpEvent } from '../../tests/fakes/lambda.ts';
import type { ApiEvent } from './api.ts';
import { readStaticFiles, serveFile, type StaticFiles } from './static-files.ts';

let parent: string;
let files: StaticFiles;

beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'rowpress-static-'));
  const folder = join(parent, 'dist');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  const texts = {
    '../secret.txt': 'not to be served',
    '.stamp': 'hidden',
    'index.html': '<p>plain',
    'index.html.br': 'as brotli',
    'index.html.gz': 'as gzip',
    'assets/app-1a2b.js': 'hello()',
    'sample.csv': 'image\nHERE/1.jpg\n',
    'picture.webp': 'RIFF',
    'odd.xyz': '?',
  };
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
  files = readStaticFiles(folder, { '/sample.csv': (csv) => csv.replace('HERE', 'https://here.example') });
});
afterAll(() => rmSync(parent, { recursive: true }));

/** Also takes away what a browser says, but for these headers. */
function get(address: string, headers: Record<string, string> = {}, method = 'GET') {
  const event: ApiEvent = readHttpEvent('serve-web');
  event.requestContext.http.method = method;
  const response = serveFile(files.get(address)!, { ...event, headers });
  return { ...response, text: Buffer.from(response.body ?? '', 'base64').toString() };
}

test('nothing but what the folder holds has an address', () => {
  expect([...files.keys()].sort()).toEqual(
    ['/assets/app-1a2b.js', '/index.html', '/odd.xyz', '/picture.webp', '/sample.csv'].sort(),
  );
});

test.each([
  ['gzip, deflate, br', 'br', 'as brotli'],
  ['gzip', 'gzip', 'as gzip'],
  ['br;q=0, gzip;q=0', undefined, '<p>plain'],
  ['identity', undefined, '<p>plain'],
])('who takes %s gets it as %s, with a tag of its own', (accepted, coding, text) => {
  const answer = get('/index.html', { 'accept-encoding': accepted });
  expect(answer).toMatchObject({ statusCode: 200, text, headers: { vary: 'accept-encoding' } });
  expect(answer.headers!['content-encoding']).toBe(coding);
  const others = ['br', 'gzip', 'identity'].map((other) => get('/index.html', { 'accept-encoding': other }));
  expect(new Set(others.map(({ headers }) => headers!.etag)).size).toBe(3);
});

test('what there is only once does not vary', () => {
  const { headers } = get('/assets/app-1a2b.js', { 'accept-encoding': 'br' });
  expect(headers).not.toHaveProperty('vary');
  expect(headers).not.toHaveProperty('content-encoding');
});

test.each([
  ['/index.html', 'text/html; charset=utf-8'],
  ['/assets/app-1a2b.js', 'text/javascript; charset=utf-8'],
  ['/sample.csv', 'text/csv; charset=utf-8'],
  ['/picture.webp', 'image/webp'],
  ['/odd.xyz', 'application/octet-stream'],
])('%s is %s', (address, type) => {
  expect(get(address).headers).toMatchObject({ 'content-type': type });
});

test('what carries its hash is kept for ever, all else is asked for again', () => {
  expect(get('/assets/app-1a2b.js').headers!['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(get('/index.html').headers!['cache-control']).toBe('no-cache');
});

test('who has it gets no bytes', () => {
  const { headers } = get('/index.html', { 'accept-encoding': 'br' });
  const etag = String(headers!.etag);
  const again = get('/index.html', { 'accept-encoding': 'br', 'if-none-match': etag });
  expect(again).toMatchObject({ statusCode: 304, text: '', headers: { etag, vary: 'accept-encoding' } });
  expect(get('/index.html', { 'if-none-match': etag }).statusCode).toBe(200);
});

test('HEAD is answered as GET, without the bytes', () => {
  const { body, headers, statusCode } = get('/index.html', {}, 'HEAD');
  expect({ body, statusCode }).toEqual({ body: '', statusCode: 200 });
  expect(headers).toEqual(get('/index.html').headers);
});

test('a text is filled in with what is known where it runs', () => {
  expect(get('/sample.csv').text).toBe('image\nhttps://here.example/1.jpg\n');
});
