import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { completed, processing, REQUEST_ID } from '../testing/example-answers.ts';
import { startFakeServer, type FakeServer } from '../testing/fake-server.ts';
import { rowpress } from '../testing/fake-session.ts';

const STATUS = `GET /api/status/${REQUEST_ID}`;
const CANCEL = `POST /api/requests/${REQUEST_ID}/cancel`;
const changed = {
  requestId: REQUEST_ID,
  status: 'PROCESSING',
  generation: 1,
  statusUrl: 'http://a/s',
  exportUrl: 'http://a/e',
};
const products = { total: 4, completed: 1, partial: 0, failed: 0, cancelled: 3, pending: 0 };
const cancelled = { ...completed, products, status: 'CANCELLED', cancelledAt: '2026-01-01T00:00:02.000Z' };

let server: FakeServer;
beforeEach(async () => {
  server = await startFakeServer({
    [STATUS]: [{ json: processing }, { json: cancelled }],
    [CANCEL]: { status: 202, json: changed },
  });
});
afterEach(() => server.close());

const cancel = (...flags: string[]) => rowpress('cancel', REQUEST_ID, '--endpoint', server.url, ...flags);

describe('rowpress cancel', () => {
  it('asks for the end, and leaves', async () => {
    const { exitCode, stdout } = await cancel();
    expect([exitCode, stdout]).toEqual([0, `${REQUEST_ID} is being cancelled\n`]);
    expect(server.callsTo(CANCEL)[0]!.body).toHaveLength(0);
    expect(server.callsTo(STATUS)).toEqual([]);
  });

  it('says so when it has ended by that', async () => {
    server.route(CANCEL, { status: 202, json: { ...changed, status: 'CANCELLED' } });
    expect((await cancel()).stdout).toBe(`${REQUEST_ID} CANCELLED\n`);
  });

  it('prints the answer as JSON', async () => {
    expect(JSON.parse((await cancel('--json')).stdout)).toEqual(changed);
  });

  it('with --wait it follows the request to its end; cancelled is what was asked for', async () => {
    const { exitCode, stdout, stderr } = await cancel('--wait');
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`${REQUEST_ID}  CANCELLED`);
    expect(stdout).toContain('Products  4 (1 completed, 3 cancelled)');
    expect(stderr).toContain('50%  5/10 images');
  });

  it('with --wait and --json it prints the last status', async () => {
    expect(JSON.parse((await cancel('--wait', '--json')).stdout)).toEqual(cancelled);
  });

  it('repeats a call whose answer was lost', async () => {
    server.route(CANCEL, 'hang up', { status: 202, json: changed });
    const { exitCode, slept } = await cancel();
    expect([exitCode, slept]).toEqual([0, [1000]]);
  });

  it('exits with 3 when it is too late', async () => {
    server.route(CANCEL, { status: 409, json: { title: 'Already ended', code: 'already_ended' } });
    const { exitCode, stderr } = await cancel('--wait');
    expect([exitCode, stderr]).toEqual([3, 'rowpress: Already ended (already_ended, HTTP 409)\n']);
    expect(server.callsTo(STATUS)).toEqual([]);
  });
});
