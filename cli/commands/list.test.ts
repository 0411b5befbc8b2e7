import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { completed, completedWithErrors, REQUEST_ID } from '../testing/example-answers.ts';
import { startFakeServer, type FakeServer } from '../testing/fake-server.ts';
import { rowpress } from '../testing/fake-session.ts';

/** As the API answers: without the progress that only the status tells. */
const requests = [completed, { ...completedWithErrors, fileName: 'evil\u001B[2J.csv' }].map((status) => ({
  ...status,
  progress: undefined,
}));

let server: FakeServer;
beforeEach(async () => {
  server = await startFakeServer({ 'GET /api/requests': { json: { requests, nextCursor: null } } });
});
afterEach(() => server.close());

describe('rowpress list', () => {
  it('prints a table, in which file names cannot steer the terminal', async () => {
    const { exitCode, stdout } = await rowpress('list', '--endpoint', server.url, '--limit', '2');
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'REQUEST                     STATUS                 CREATED                   IMAGES  FAILED  FILE',
      `${REQUEST_ID}  COMPLETED              2026-01-01T00:00:00.000Z  10      0       products.csv`,
      `${REQUEST_ID}  COMPLETED_WITH_ERRORS  2026-01-01T00:00:00.000Z  10      3       evil\uFFFD[2J.csv`,
      '',
    ]);
    expect(server.calls[0]!.query).toBe('?limit=2');
  });

  it('prints the requests as JSON', async () => {
    const { stdout } = await rowpress('list', '--endpoint', server.url, '--json');
    expect(JSON.parse(stdout)).toEqual(requests);
  });
});
