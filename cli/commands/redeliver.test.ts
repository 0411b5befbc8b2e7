import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { completed, processing, REQUEST_ID } from '../testing/example-answers.ts';
import { startFakeServer, type FakeServer } from '../testing/fake-server.ts';
import { rowpress } from '../testing/fake-session.ts';

const STATUS = `GET /api/status/${REQUEST_ID}`;
const DELIVERY_ID = `msg_${REQUEST_ID}_1`;
const REDELIVER = `POST /api/requests/${REQUEST_ID}/webhooks/${DELIVERY_ID}/redeliver`;
const webhook = { status: 'failed', deliveryId: DELIVERY_ID };
const pending = { requestId: REQUEST_ID, deliveryId: DELIVERY_ID, status: 'pending' };

let server: FakeServer;
beforeEach(async () => {
  server = await startFakeServer({
    [STATUS]: { json: { ...completed, webhook } },
    [REDELIVER]: { status: 202, json: pending },
  });
});
afterEach(() => server.close());

const redeliver = (...flags: string[]) => rowpress('redeliver', REQUEST_ID, '--endpoint', server.url, ...flags);

describe('rowpress redeliver', () => {
  it('asks for the delivery that the status names', async () => {
    const { exitCode, stdout } = await redeliver();
    expect([exitCode, stdout]).toEqual([0, `${DELIVERY_ID} pending\n`]);
    expect(server.callsTo(REDELIVER)).toHaveLength(1);
  });

  it('prints JSON', async () => {
    expect(JSON.parse((await redeliver('--json')).stdout)).toEqual(pending);
  });

  it('exits with 3 when nobody is to be told', async () => {
    server.route(STATUS, { json: { ...completed, webhook: null } });
    const { exitCode, stderr } = await redeliver();
    expect([exitCode, stderr]).toEqual([3, `rowpress: Request ${REQUEST_ID} names no webhook.\n`]);
    expect(server.callsTo(REDELIVER)).toEqual([]);
  });

  it('exits with 5 while the request is under way', async () => {
    server.route(STATUS, { json: { ...processing, webhook } });
    server.route(REDELIVER, { status: 409, json: { title: 'Not finished yet', code: 'not_finished' } });
    expect((await redeliver()).exitCode).toBe(5);
  });

  it('says in its help what a redelivery is', async () => {
    expect((await rowpress('redeliver', '--help')).stdout).toContain('It keeps its webhook-id');
  });
});
