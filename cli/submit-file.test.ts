import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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

const offerUpload = (maxBytes: number) => {
  const upload = { url: `${server.url}/storage`, fields: { key: 'incoming/upload/1', policy: 'p' }, maxBytes };
  const json = { requestId: REQUEST_ID, status: 'AWAITING_FILE', upload };
  server.route('POST /api/uploads', { status: 201, json });
};

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

  it('never repeats a direct upload: one without an answer may have been accepted', async () => {
    server.route('POST /api/upload', 'hang up');
    const { exitCode, slept } = await submit(10);
    expect([exitCode, slept]).toEqual([4, []]);
    expect(server.callsTo('POST /api/upload')).toHaveLength(1);
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
