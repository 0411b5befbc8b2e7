import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accepted, REQUEST_ID } from './testing/example-answers.ts';
import { formParts, startFakeServer, type FakeServer } from './testing/fake-server.ts';
import { rowpress } from './testing/fake-session.ts';

let server: FakeServer;
let folder: string;
let csv: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rowpress-'));
  csv = join(folder, 'products.csv');
  server = await startFakeServer({
    'POST /api/upload': { status: 202, json: accepted },
    'POST /storage': { status: 204 },
  });
  offerUpload(5_000_000);
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const slot = (maxBytes: number) => {
  const upload = { url: `${server.url}/storage`, fields: { key: 'incoming/upload/1', policy: 'p' }, maxBytes };
  return { status: 201, json: { requestId: REQUEST_ID, status: 'AWAITING_FILE', upload } };
};
const offerUpload = (maxBytes: number) => server.route('POST /api/uploads', slot(maxBytes));

const keysSentTo = (route: string) => server.callsTo(route).map(({ headers }) => headers['idempotency-key']);

const submit = async (size: number, ...flags: string[]) => {
  await writeFile(csv, 'x'.repeat(size));
  return rowpress('run', csv, '--endpoint', server.url, '--no-wait', ...flags);
};

describe('submitting a file', () => {
  it.each([
    [0, 'POST /api/upload'],
    [4_000_000, 'POST /api/upload'],
    [4_000_001, 'POST /storage'],
  ])('sends %d bytes whole to %s', async (size, route) => {
    expect((await submit(size)).exitCode).toBe(0);
    const [file] = (await formParts(server.callsTo(route)[0]!)).slice(-1);
    expect(file).toEqual(['file', `products.csv: ${'x'.repeat(size)}`]);
  });

  it('asks for a place for a large file with its options, and sends the fields of that place before the file', async () => {
    const { stdout } = await submit(4_000_001, '--max-width', '1600', '--effort', 'small');
    expect(stdout).toBe(`${REQUEST_ID}\n`);
    expect(JSON.parse(server.callsTo('POST /api/uploads')[0]!.body.toString())).toEqual({
      fileName: 'products.csv',
      maxWidth: 1600,
      effort: 'small',
    });
    const [call] = server.callsTo('POST /storage');
    expect((await formParts(call!)).map(([name]) => name)).toEqual(['key', 'policy', 'file']);
    expect(call!.headers['content-length']).toBe(String(call!.body.length));
    expect(call!.headers['transfer-encoding']).toBeUndefined();
  });

  it('repeats the upload to storage, which overwrites', async () => {
    server.route('POST /storage', 'hang up', { status: 503 }, { status: 204 });
    const { exitCode, slept } = await submit(4_000_001);
    expect([exitCode, slept]).toEqual([0, [1000, 2000]]);
  });

  it.each([
    ['a direct upload', 10, 'POST /api/upload', 'is accepted and then not answered', 'hang up'],
    ['a direct upload', 10, 'POST /api/upload', 'meets a 503', { status: 503, json: {} }],
    ['a place for a large file', 4_000_001, 'POST /api/uploads', 'is given and then not told', 'hang up'],
    ['a place for a large file', 4_000_001, 'POST /api/uploads', 'meets a 503', { status: 503, json: {} }],
  ] as const)('asks again under the same key when %s (%d bytes, %s) %s', async (_what, size, route, _how, trouble) => {
    server.route(route, trouble, route === 'POST /api/upload' ? { status: 202, json: accepted } : slot(5_000_000));
    const { exitCode, slept, stdout, stderr } = await submit(size);
    expect([exitCode, slept, stdout]).toEqual([
      0,
      [1000],
      `${REQUEST_ID}
`,
    ]);
    expect(stderr).toContain('trying again in 1 s');
    const keys = keysSentTo(route);
    expect(keys).toEqual([expect.stringMatching(/^[!-~]{1,255}$/), keys[0]]);
  });

  it('takes another key for each run of the command: the same file sent again on purpose is another request', async () => {
    await submit(10);
    await submit(10);
    expect(new Set(keysSentTo('POST /api/upload')).size).toBe(2);
  });

  it('gives up a direct upload after two minutes of trouble', async () => {
    server.route('POST /api/upload', { status: 503, json: {} });
    const { exitCode, slept } = await submit(10);
    expect([exitCode, slept.reduce((sum, ms) => sum + ms)]).toEqual([4, 120_000]);
  });

  it('does not repeat what the server refuses', async () => {
    server.route('POST /api/upload', { status: 422, json: { title: 'No', code: 'idempotency_key_reused' } });
    const { exitCode, slept } = await submit(10);
    expect([exitCode, slept]).toEqual([3, []]);
  });

  it('waits for a server that was there and is gone', async () => {
    const leaving = createServer((request) => {
      leaving.close();
      request.socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(leaving, 'listening');
    await writeFile(csv, 'x');
    const url = `http://127.0.0.1:${(leaving.address() as AddressInfo).port}`;
    const { exitCode, slept, stderr } = await rowpress('run', csv, '--endpoint', url);
    expect([exitCode, slept.length]).toEqual([4, 8]);
    expect(stderr).toContain(`Cannot reach ${url} (ECONNREFUSED); trying again in 2 s`);
  });

  it('refuses a file that is larger than the server takes before sending it', async () => {
    offerUpload(4_000_000);
    const { exitCode, stderr } = await submit(4_000_001);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('products.csv is larger than the server takes (4.0 MB)');
    expect(server.callsTo('POST /storage')).toEqual([]);
  });

  it('tells why storage refused', async () => {
    const text = '<Error><Code>AccessDenied</Code><Message>Policy expired.</Message></Error>';
    server.route('POST /storage', { status: 403, text, headers: { 'content-type': 'application/xml' } });
    const { exitCode, stderr } = await submit(4_000_001);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('rowpress: Policy expired. (AccessDenied, HTTP 403)');
  });
});
