import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { completed, completedWithErrors, processing, REQUEST_ID } from '../testing/example-answers.ts';
import { startFakeServer, type FakeServer } from '../testing/fake-server.ts';
import { rowpress } from '../testing/fake-session.ts';

const STATUS = `GET /api/status/${REQUEST_ID}`;
const RETRY = `POST /api/requests/${REQUEST_ID}/retry`;
const changed = {
  requestId: REQUEST_ID,
  status: 'RECEIVED',
  generation: 2,
  statusUrl: 'http://a/s',
  exportUrl: 'http://a/e',
};

let server: FakeServer;
beforeEach(async () => {
  server = await startFakeServer({ [STATUS]: { json: completedWithErrors }, [RETRY]: { status: 202, json: changed } });
});
afterEach(() => server.close());

const retry = (...flags: string[]) => rowpress('retry', '--endpoint', server.url, ...flags, REQUEST_ID);
const bodies = () => server.callsTo(RETRY).map(({ body }): unknown => JSON.parse(body.toString()));

describe('rowpress retry', () => {
  it('tries all failed images of the run that it sees again, and leaves', async () => {
    const { exitCode, stdout } = await retry();
    expect([exitCode, stdout]).toEqual([0, `${REQUEST_ID} RECEIVED, run 2\n`]);
    expect(bodies()).toEqual([{ generation: 1 }]);
    expect(server.callsTo(RETRY)[0]!.headers['content-type']).toBe('application/json');
    expect(server.callsTo(STATUS)).toHaveLength(1);
  });

  it('names the codes, each by a flag of its own', async () => {
    await retry('--code', 'not_found', '--code', 'timeout');
    expect(bodies()).toEqual([{ generation: 1, codes: ['not_found', 'timeout'] }]);
  });

  it('prints the answer as JSON', async () => {
    expect(JSON.parse((await retry('--json')).stdout)).toEqual(changed);
  });

  it.each([
    [completedWithErrors, [], 1],
    [completedWithErrors, ['--allow-failures'], 0],
    [completed, [], 0],
    [{ ...completed, status: 'CANCELLED' }, [], 3],
  ])('with --wait it follows the retry to its end', async (end, flags, code) => {
    const running = { ...processing, generation: 2 };
    server.route(
      STATUS,
      { json: completedWithErrors },
      { json: running },
      { json: running },
      { json: { ...end, generation: 2 } },
    );
    const { exitCode, stdout, stderr } = await retry('--wait', ...flags);
    expect(exitCode).toBe(code);
    expect(stderr).toContain('50%  5/10 images');
    expect(stdout).toContain(`Request   ${REQUEST_ID}  ${end.status}`);
  });

  it('with --wait and --json it prints the last status', async () => {
    server.route(STATUS, { json: completedWithErrors }, { json: completed });
    expect(JSON.parse((await retry('--wait', '--json')).stdout)).toEqual(completed);
  });

  it('repeats a call whose answer was lost: it names the same run', async () => {
    server.route(RETRY, 'hang up', { status: 503, json: { title: 'Unavailable' } }, { status: 202, json: changed });
    const { exitCode, slept, stderr } = await retry();
    expect([exitCode, slept]).toEqual([0, [1000, 2000]]);
    expect(bodies()).toEqual(Array(3).fill({ generation: 1 }));
    expect(stderr).toContain('trying again in 2 s');
  });

  it.each([
    ['not_finished', 409, 5],
    ['nothing_to_retry', 409, 3],
    ['no_result', 409, 3],
    ['invalid_request', 400, 3],
  ])('when the answer is %s (HTTP %d) it exits with %d', async (code, status, exit) => {
    server.route(RETRY, { status, json: { title: 'No', detail: 'Not so.', code } });
    const { exitCode, stdout, stderr } = await retry('--wait');
    expect([exitCode, stdout]).toEqual([exit, '']);
    expect(stderr).toContain(`rowpress: No: Not so. (${code}, HTTP ${status})`);
  });

  it('asks for nothing when the request is unknown', async () => {
    server.route(STATUS, { status: 404, json: { title: 'Not found', code: 'not_found' } });
    expect((await retry()).exitCode).toBe(3);
    expect(server.callsTo(RETRY)).toEqual([]);
  });

  it('says in its help what is not fetched again', async () => {
    expect((await rowpress('retry', '--help')).stdout).toContain('are not fetched again');
  });
});
