import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { completed, REQUEST_ID } from '../testing/example-answers.ts';
import { startFakeServer, type FakeServer } from '../testing/fake-server.ts';
import { rowpress } from '../testing/fake-session.ts';

const PUT = 'PUT /data/incoming/drop/new%20products.csv';
const CSV = 'sku,name,images\n1,Mug,http://shop.example/1.jpg\n';
const dropped = { ...completed, source: 'drop', fileName: 'new products.csv' };

let server: FakeServer;
let folder: string;
let csv: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rowpress-'));
  csv = join(folder, 'new products.csv');
  await writeFile(csv, CSV);
  server = await startFakeServer({ [PUT]: {} });
  vi.stubEnv('AWS_ENDPOINT_URL', server.url);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
  await rm(folder, { recursive: true });
});

const drop = (...flags: string[]) => rowpress('drop', csv, '--endpoint', server.url, ...flags);

describe('rowpress drop', () => {
  it('puts the file into the drop folder with its options as metadata', async () => {
    const { exitCode, stdout } = await drop(
      '--bucket',
      'data',
      '--max-width',
      '800',
      '--webhook',
      'http://hook.example/ü',
    );
    expect([exitCode, stdout]).toEqual([0, 's3://data/incoming/drop/new products.csv\n']);
    const [call] = server.callsTo(PUT);
    expect(call!.body.toString()).toBe(CSV);
    expect(call!.headers).toMatchObject({
      'x-amz-meta-maxwidth': '800',
      'x-amz-meta-webhookurl': 'http://hook.example/%C3%BC',
      'content-type': 'text/csv',
      'content-length': String(CSV.length),
    });
  });

  it('takes the bucket from DATA_BUCKET, and prints JSON', async () => {
    vi.stubEnv('DATA_BUCKET', 'data');
    const { stdout } = await drop('--json');
    expect(JSON.parse(stdout)).toEqual({ bucket: 'data', key: 'incoming/drop/new products.csv' });
  });

  it('finds the new request by its file name with --wait and saves the results', async () => {
    const others = [
      { ...dropped, requestId: 'dropped-before' },
      { ...dropped, requestId: 'uploaded', source: 'api' },
      { ...dropped, requestId: 'other-file', fileName: 'b.csv' },
    ];
    server.route(
      'GET /api/requests',
      { json: { requests: [others[0]] } },
      { json: { requests: others } },
      { json: { requests: [{ ...dropped, status: 'PROCESSING' }, ...others] } },
    );
    server.route(`GET /api/status/${REQUEST_ID}`, { json: dropped });
    server.route(`GET /api/export/${REQUEST_ID}`, { text: 'the results' });
    const { exitCode, stdout } = await drop('--bucket', 'data', '--wait');
    expect(exitCode).toBe(0);
    expect(stdout).toContain(REQUEST_ID);
    expect(await readFile(join(folder, 'new products.results.csv'), 'utf8')).toBe('the results');
  });

  it('stops looking when no request appears', async () => {
    server.route('GET /api/requests', { json: { requests: [] } });
    const { exitCode, stderr } = await drop('--bucket', 'data', '--wait');
    expect(exitCode).toBe(5);
    expect(stderr).toContain('No new request for new products.csv has appeared in 120 s.');
    // A file dropped again is a new request: that can't be why.
    expect(stderr).not.toContain('twice');
  });

  it('exits with 3 when S3 refuses', async () => {
    const text = '<Error><Code>NoSuchBucket</Code><Message>no such bucket</Message></Error>';
    server.route(PUT, { status: 404, text, headers: { 'content-type': 'application/xml' } });
    const { exitCode, stderr } = await drop('--bucket', 'data');
    expect(exitCode).toBe(3);
    expect(stderr).toContain('Cannot put the file into bucket data (NoSuchBucket: no such bucket)');
  });

  it('exits with 4 when S3 cannot be reached', async () => {
    await server.close();
    const { exitCode, stderr } = await drop('--bucket', 'data');
    expect(exitCode).toBe(4);
    expect(stderr).toContain('ECONNREFUSED');
  });

  it('exits with 2 without a bucket or credentials', async () => {
    vi.stubEnv('DATA_BUCKET', undefined);
    expect((await drop()).exitCode).toBe(2);
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'none'));
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'none'));
    const { exitCode, stderr } = await drop('--bucket', 'data');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('CredentialsProviderError');
  });
});
