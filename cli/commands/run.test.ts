import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  accepted,
  cancelled,
  completed,
  completedWithErrors,
  failed,
  processing,
  REQUEST_ID,
} from '../testing/example-answers.ts';
import { formParts, startFakeServer, type FakeServer } from '../testing/fake-server.ts';
import { rowpress } from '../testing/fake-session.ts';

const STATUS = `GET /api/status/${REQUEST_ID}`;
const EXPORT = `GET /api/export/${REQUEST_ID}`;
const CSV = 'sku,name,images\n1,Mug,http://shop.example/1.jpg\n';

let server: FakeServer;
let folder: string;
let csv: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rowpress-'));
  csv = join(folder, 'products.csv');
  await writeFile(csv, CSV);
  server = await startFakeServer({
    'POST /api/upload': { status: 202, json: accepted },
    [STATUS]: [{ json: processing }, { json: completed }],
    'GET /files/results.csv': { text: 'the results' },
  });
  server.route(EXPORT, { status: 307, headers: { location: `${server.url}/files/results.csv` } });
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const run = (...flags: string[]) => rowpress('run', csv, '--endpoint', server.url, ...flags);

describe('rowpress run', () => {
  it('uploads a small file directly, options first, and saves the results beside it', async () => {
    const { exitCode, stdout, stderr } = await run(
      '--format',
      'webp',
      '--quality',
      '75',
      '--webhook',
      'http://hook.example',
    );
    expect(exitCode).toBe(0);
    expect(await formParts(server.callsTo('POST /api/upload')[0]!)).toEqual([
      ['format', 'webp'],
      ['quality', '75'],
      ['webhookUrl', 'http://hook.example/'],
      ['file', `products.csv: ${CSV}`],
    ]);
    expect(await readFile(join(folder, 'products.results.csv'), 'utf8')).toBe('the results');
    expect((await readdir(folder)).sort()).toEqual(['products.csv', 'products.results.csv']);
    expect(stdout).toContain('Images    10 (10 compressed)');
    expect(stderr).toContain('50%  5/10 images');
  });

  it.each([
    [[], 1],
    [['--allow-failures'], 0],
  ])('saves the failed rows too when images failed; with flags %j it exits with %d', async (flags, code) => {
    server.route(STATUS, { json: completedWithErrors });
    const out = join(folder, 'new', 'out');
    const { exitCode, stdout } = await run('--out', out, ...flags);
    expect(exitCode).toBe(code);
    expect((await readdir(out)).sort()).toEqual(['products.failed.csv', 'products.results.csv']);
    expect(server.callsTo(EXPORT).map(({ query }) => query)).toEqual(['', '?rows=failed']);
    expect(stdout).toContain('not_found 2, timeout 1');
  });

  it('prints one JSON document on stdout with --json, with fields it does not know', async () => {
    server.route(STATUS, { json: { ...completed, news: 1 } });
    const { stdout } = await run('--json');
    expect(JSON.parse(stdout)).toEqual({
      ...completed,
      news: 1,
      files: { results: join(folder, 'products.results.csv'), failedRows: null },
    });
  });

  it('prints only the request id with --no-wait', async () => {
    const { exitCode, stdout } = await run('--no-wait');
    expect([exitCode, stdout]).toEqual([0, `${REQUEST_ID}\n`]);
    expect(server.callsTo(STATUS)).toEqual([]);
  });

  it('tells the rows that were rejected', async () => {
    const first = [{ row: 7, column: 'images', code: 'no_images', message: 'no image URL' }];
    server.route('POST /api/upload', { status: 202, json: { ...accepted, rejectedRows: { count: 3, first } } });
    const { stderr } = await run();
    expect(stderr).toContain("Rows that can't be used: 3\n  row 7, images: no image URL\n  … and 2 more\n");
  });

  it('tells why a file was refused, row by row', async () => {
    const problem = {
      title: 'Unprocessable',
      detail: 'The file has no usable header.',
      code: 'no_header',
      errors: [{ row: 1, column: null, code: 'no_header', value: null, message: 'found: a, b' }],
    };
    const headers = { 'content-type': 'application/problem+json' };
    server.route('POST /api/upload', { status: 422, json: problem, headers });
    const { exitCode, stderr, stdout } = await run();
    expect([exitCode, stdout]).toEqual([3, '']);
    expect(stderr).toContain(
      'rowpress: Unprocessable: The file has no usable header. (no_header, HTTP 422)\n  row 1: found: a, b\n',
    );
  });

  it('exits with 3 and saves nothing when the request failed', async () => {
    server.route(STATUS, { json: failed });
    const { exitCode, stdout } = await run();
    expect(exitCode).toBe(3);
    expect(stdout).toContain('No column holds image URLs. (no_header)');
    expect(await readdir(folder)).toEqual(['products.csv']);
  });

  it('saves what there is of a cancelled request, and exits with 3', async () => {
    server.route(STATUS, { json: cancelled });
    const { exitCode, stdout } = await run();
    expect(exitCode).toBe(3);
    expect((await readdir(folder)).sort()).toEqual(['products.csv', 'products.failed.csv', 'products.results.csv']);
    expect(stdout).toContain('CANCELLED');
  });

  it('asks for no result of a request that was cancelled before it had one', async () => {
    server.route(STATUS, { json: { ...processing, status: 'CANCELLED' } });
    expect((await run()).exitCode).toBe(3);
    expect(server.callsTo(EXPORT)).toEqual([]);
  });

  it('retries with back-off while polling and downloading', async () => {
    server.route(
      STATUS,
      { status: 500, json: { title: 'Oops' } },
      'hang up',
      { text: '', status: 429 },
      { json: completed },
    );
    server.route('GET /files/results.csv', 'hang up', { text: 'the results' });
    const { exitCode, stderr, slept } = await run();
    expect(exitCode).toBe(0);
    expect(slept).toEqual([1000, 2000, 4000, 1000]);
    expect(stderr).toContain('The server has trouble: Oops (HTTP 500); trying again in 1 s\n');
    expect(await readFile(join(folder, 'products.results.csv'), 'utf8')).toBe('the results');
  });

  it('retries when a gateway answers 200 with something else for a while', async () => {
    server.route(STATUS, { json: { message: 'warming up' } }, { json: completed });
    const { exitCode, stderr } = await run();
    expect(exitCode).toBe(0);
    expect(stderr).toContain('does not answer like Rowpress (bad field requestId)');
  });

  it('gives up after two minutes of trouble and tells how to go on', async () => {
    server.route(STATUS, { status: 502, json: {} });
    const { exitCode, stderr, slept } = await run();
    expect(exitCode).toBe(4);
    expect(slept.reduce((sum, ms) => sum + ms)).toBe(120_000);
    expect(stderr).toContain(`rowpress status ${REQUEST_ID} --wait --endpoint ${server.url}\n`);
  });

  it('keeps the old results and leaves no fragment when a download breaks off for good', async () => {
    const results = join(folder, 'products.results.csv');
    await writeFile(results, 'old');
    server.route('GET /files/results.csv', { text: 'half', breaksOff: true });
    const { exitCode } = await run();
    expect(exitCode).toBe(4);
    expect(await readFile(results, 'utf8')).toBe('old');
    expect((await readdir(folder)).sort()).toEqual(['products.csv', 'products.results.csv']);
  });

  it('tells when what answers is not Rowpress', async () => {
    server.route('POST /api/upload', { text: '<html>', headers: { 'content-type': 'text/html' } });
    const { exitCode, stderr } = await run();
    expect(exitCode).toBe(4);
    expect(stderr).toContain(`${server.url} does not answer like Rowpress (no JSON object). Is the endpoint right?`);
  });

  it('exits with 4 at once when nothing listens', async () => {
    const { url } = server;
    await server.close();
    const { exitCode, stderr, slept } = await run();
    expect([exitCode, slept]).toEqual([4, []]);
    expect(stderr).toContain(`rowpress: Cannot reach ${url} (ECONNREFUSED)`);
  });
});
