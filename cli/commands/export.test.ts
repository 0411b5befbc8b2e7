import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { REQUEST_ID } from '../testing/example-answers.ts';
import { startFakeServer, type FakeServer } from '../testing/fake-server.ts';
import { rowpress } from '../testing/fake-session.ts';

const EXPORT = `GET /api/export/${REQUEST_ID}`;

let server: FakeServer;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rowpress-'));
  server = await startFakeServer({ 'GET /file': { text: 'rows' } });
  server.route(EXPORT, { status: 307, headers: { location: `${server.url}/file` } });
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const exportTo = (target: string, ...flags: string[]) =>
  rowpress('export', REQUEST_ID, '--endpoint', server.url, '--out', target, ...flags);

describe('rowpress export', () => {
  it.each([
    [[], ''],
    [['--failed'], '?rows=failed'],
  ])('saves the CSV behind the redirect; flags %j ask for "%s"', async (flags, query) => {
    const target = join(folder, 'out.csv');
    const { exitCode, stdout } = await exportTo(target, ...flags);
    expect([exitCode, stdout]).toEqual([0, `${target}\n`]);
    expect(await readFile(target, 'utf8')).toBe('rows');
    expect(server.callsTo(EXPORT)[0]!.query).toBe(query);
  });

  it('names the file in JSON', async () => {
    const target = join(folder, 'out.csv');
    expect(JSON.parse((await exportTo(target, '--json')).stdout)).toEqual({ file: target });
  });

  it('exits with 5 and saves nothing while the request is under way', async () => {
    server.route(EXPORT, { status: 409, json: { title: 'Conflict', detail: '40 % are done.', code: 'not_finished' } });
    const { exitCode, stderr } = await exportTo(join(folder, 'out.csv'));
    expect(exitCode).toBe(5);
    expect(stderr).toContain('rowpress: Conflict: 40 % are done. (not_finished, HTTP 409)');
    expect(await readdir(folder)).toEqual([]);
  });

  it('exits with 2 when the target cannot be written', async () => {
    const { exitCode, stderr } = await exportTo(join(folder, 'missing', 'out.csv'));
    expect(exitCode).toBe(2);
    expect(stderr).toContain('ENOENT');
  });
});
