import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { completed, processing, REQUEST_ID } from '../testing/example-answers.ts';
import { startFakeServer, type FakeServer } from '../testing/fake-server.ts';
import { rowpress } from '../testing/fake-session.ts';

const STATUS = `GET /api/status/${REQUEST_ID}`;

let server: FakeServer;
beforeEach(async () => {
  server = await startFakeServer({ [STATUS]: [{ json: processing }, { json: processing }, { json: completed }] });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

const status = (...flags: string[]) => rowpress('status', REQUEST_ID, '--endpoint', server.url, ...flags);

describe('rowpress status', () => {
  it('tells how far an unfinished request has come, and exits with 5', async () => {
    const { exitCode, stdout } = await status();
    expect(exitCode).toBe(5);
    expect(stdout).toContain('Progress  50%  5/10 images');
  });

  it('follows it to the end with --wait', async () => {
    const { exitCode, stdout } = await status('--wait', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual(completed);
  });

  it('keeps the path of the endpoint, with or without a slash at its end', async () => {
    server.route(`GET /prod/api/status/${REQUEST_ID}`, { json: completed });
    for (const end of ['/prod', '/prod/']) {
      const { exitCode } = await rowpress('status', REQUEST_ID, '--endpoint', server.url + end);
      expect(exitCode).toBe(0);
    }
  });

  it('takes the endpoint from ROWPRESS_ENDPOINT', async () => {
    vi.stubEnv('ROWPRESS_ENDPOINT', server.url);
    expect((await rowpress('status', REQUEST_ID)).exitCode).toBe(5);
  });

  it('exits with 3 for an unknown request', async () => {
    const { exitCode, stderr } = await rowpress('status', 'a/../b', '--endpoint', server.url);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('(not_found, HTTP 404)');
    expect(server.calls[0]!.path).toBe('/api/status/a%2F..%2Fb');
  });
});
