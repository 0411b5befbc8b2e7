import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startImageHost } from './image-host.ts';

const IMAGE = Buffer.from('as good as an image');
let dir: string;
let host: Awaited<ReturnType<typeof startImageHost>>;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'samples-'));
  await writeFile(join(dir, 'a.jpg'), IMAGE);
  host = await startImageHost({ port: 0, dir });
});
afterAll(async () => {
  await host.close();
  await rm(dir, { recursive: true });
});

const get = (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${host.port}${path}`, init);

it.each([
  '/images/a.jpg',
  '/images/w_9,h_9,c_fit/a.jpg',
  '/images/a.jpg?size=9,9',
  '/images?file=a.jpg',
  '/moved/a.jpg',
])('gives the image at %s', async (path) => {
  const response = await get(path);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
  expect(Buffer.from(await response.arrayBuffer())).toEqual(IMAGE);
});

it.each([
  ['/images/none.jpg', 404],
  ['/missing/a.jpg', 404],
  ['/truncated/none.jpg', 404],
  ['/', 404],
  ['/images/?file=..', 404],
  ['/images?file=', 404],
  ['/images/?file=%00', 404],
  ['/moved?file=%F0%9F%AA%91.jpg', 404],
  ['/moved?file=a%0Ab', 404],
  ['/page?file=a.%0A', 404],
  ['/constructor/a.jpg', 404],
  ['/__proto__/a.jpg', 404],
  ['//', 404],
  ['/forbidden/a.jpg', 403],
  ['/error/a.jpg', 500],
])('answers %s with %i', async (path, status) => {
  expect((await get(path)).status).toBe(status);
});

it('gives no file outside its directory', async () => {
  expect((await get('/images?file=../../../../etc/hostname')).status).toBe(404);
  expect((await get('/images/..%2f..%2fetc%2fhostname')).status).toBe(404);
});

it.each([
  ['/flaky/a.jpg', 503, null],
  ['/busy/a.jpg', 429, '1'],
])('refuses every other request for %s', async (path, status, retryAfter) => {
  const first = await get(path);
  expect([first.status, first.headers.get('retry-after')]).toEqual([status, retryAfter]);
  expect((await get(path)).status).toBe(200);
  expect((await get(path)).status).toBe(status);
});

it('sends around in circles', async () => {
  const response = await get('/loop/a.jpg', { redirect: 'manual' });
  expect([response.status, response.headers.get('location')]).toEqual([302, '/loop/a.jpg']);
});

it('cuts an image short, without a word of it', async () => {
  const body = await (await get('/truncated/a.jpg')).text();
  expect(body).toBe('as good a');
});

it('sends a page and a drawing in place of an image', async () => {
  expect(await (await get('/page/a.jpg')).text()).toContain('<!doctype html>');
  expect(await (await get('/vector/a.svg')).text()).toContain('<svg');
});

it('announces more bytes than anyone wants', async () => {
  const stop = new AbortController();
  const response = await get('/endless/a.jpg', { signal: stop.signal });
  expect(Number(response.headers.get('content-length'))).toBeGreaterThan(26_214_400);
  stop.abort();
});
