import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startFakeServer, type FakeServer } from '../testing/fake-server.ts';
import { rowpress } from '../testing/fake-session.ts';

// What it does to queues is tried against the embedded stack: tests/redrive.test.ts.
let server: FakeServer;
beforeEach(async () => {
  server = await startFakeServer();
  vi.stubEnv('AWS_ENDPOINT_URL', server.url);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

const answer = (status: number, code: string) =>
  server.route('POST /', { status, json: { __type: `com.amazonaws.sqs#${code}`, message: 'so it is' } });

describe('rowpress redrive', () => {
  it.each([
    [['redrive'], "missing required argument 'queue'"],
    [['redrive', 'images'], 'Allowed choices are ingest, pages, finish, webhooks'],
    [['redrive', 'pages', '--limit', '0'], 'whole number above 0'],
  ])('%j is a usage error', async (args, words) => {
    const { exitCode, stderr } = await rowpress(...args);
    expect([exitCode, server.calls]).toEqual([2, []]);
    expect(stderr).toContain(words);
  });

  it('looks for the queues of its stage, and exits with 2 when there are none', async () => {
    answer(400, 'QueueDoesNotExist');
    const { exitCode, stderr } = await rowpress('redrive', 'finish', '--stage', 'prod');
    expect([exitCode, JSON.parse(server.calls[0]!.body.toString())]).toEqual([
      2,
      { QueueName: 'rowpress-prod-finish' },
    ]);
    expect(stderr).toContain('There is no queue rowpress-prod-finish');
  });

  it('exits with 3 when AWS refuses, with 4 when it has trouble or cannot be reached', async () => {
    answer(403, 'AccessDenied');
    const refused = await rowpress('redrive', 'pages');
    expect([refused.exitCode, refused.stderr]).toEqual([3, expect.stringContaining('so it is')]);
    answer(500, 'InternalFailure');
    expect((await rowpress('redrive', 'pages')).exitCode).toBe(4);
    await server.close();
    const { exitCode, stderr } = await rowpress('redrive', 'pages');
    expect([exitCode, stderr]).toEqual([4, expect.stringContaining('ECONNREFUSED')]);
  });

  it('says in its help why what stays in a dead-letter queue stays there, and why it does no harm', async () => {
    const { stdout } = await rowpress('redrive', '--help');
    expect(stdout).toContain('could\nnot even be settled');
    expect(stdout).toContain('no\nharm');
  });
});
