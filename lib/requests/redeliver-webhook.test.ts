import { expect, test } from 'vitest';
import { makeRequest, REQUEST_ID } from '../../tests/fakes/make-request.ts';
import type { Fault } from '../../tests/fakes/memory-table.ts';
import { makeWorld } from '../../tests/fakes/world.ts';
import type { Problem } from './problem.ts';
import { redeliverWebhook, RedeliveryView } from './redeliver-webhook.ts';
import type { Request } from './request.ts';

const ended: Partial<Request> = {
  status: 'COMPLETED',
  finishedAt: '2025-10-05T18:00:00.000Z',
  webhookUrl: 'https://caller.example/',
  webhookStatus: 'failed',
};
const deliveryId = `msg_${REQUEST_ID}_1`;

async function prepare(fields: Partial<Request> = {}, fault?: Fault) {
  const world = makeWorld({ ...(fault && { fault }) });
  await world.requests.create(makeRequest({ ...ended, ...fields }));
  const redeliver = (wish = {}) =>
    redeliverWebhook({ requestId: REQUEST_ID, deliveryId, owner: 'default', ...wish }, world.deps);
  const request = async () => (await world.requests.get(REQUEST_ID))!;
  const round = async () => {
    const { webhookRound, webhookStatus } = await request();
    return { webhookRound, webhookStatus };
  };
  return { redeliver, request, round, sent: world.queues.webhooks.sent, requests: world.requests };
}

test.each(['failed', 'delivered'] as const)('a webhook that was %s is promised once more', async (webhookStatus) => {
  const { redeliver, round, sent } = await prepare({ webhookStatus });
  const view = await redeliver();
  expect(view).toEqual({ requestId: REQUEST_ID, deliveryId, status: 'pending' });
  expect(RedeliveryView.strict().parse(view)).toEqual(view);
  expect(sent).toEqual([{ requestId: REQUEST_ID, generation: 1, round: 2 }]);
  expect(await round()).toEqual({ webhookRound: 2, webhookStatus: undefined });
});

test('each wish after an end is a further round', async () => {
  const { redeliver, request, sent, requests } = await prepare();
  await redeliver();
  await requests.endDelivery(await request(), 'failed');
  await redeliver();
  expect(sent.map(({ round }) => round)).toEqual([2, 3]);
  expect((await request()).webhookRound).toBe(3);
});

test('while a delivery is under way nothing is added to it', async () => {
  const { redeliver, sent } = await prepare({ webhookStatus: undefined });
  expect(await redeliver()).toMatchObject({ status: 'pending' });
  expect(sent).toEqual([]);
});

test('asked twice at once, it is one round', async () => {
  const { redeliver, request, sent } = await prepare();
  await Promise.all([redeliver(), redeliver()]);
  expect((await request()).webhookRound).toBe(2);
  expect(new Set(sent.map(({ round }) => round))).toEqual(new Set([2]));
});

test('a call that dies before its message changes nothing', async () => {
  const { redeliver, round } = await prepare({}, (call, moment) => {
    if (call === 'send' && moment === 'before') throw new Error('killed');
  });
  await expect(redeliver()).rejects.toThrow('killed');
  expect(await round()).toEqual({ webhookStatus: 'failed', webhookRound: undefined });
});

test.each<[string, Partial<Request>, object, Problem['code']]>([
  ['a request that has not ended', { status: 'FINISHING', webhookStatus: undefined }, {}, 'not_finished'],
  ['a request without a webhook', { webhookUrl: undefined }, {}, 'not_found'],
  ['a delivery of an earlier run', { generation: 2 }, {}, 'not_found'],
  ['a delivery that never was', {}, { deliveryId: `msg_${REQUEST_ID}_01` }, 'not_found'],
  ['a foreign request', { owner: 'acme' }, {}, 'not_found'],
  ['a request that never was', {}, { requestId: '01K6XJ5T3N8Z4QW2V7YBCDEFGJ' }, 'not_found'],
])('%s is refused, and nothing is promised', async (_name, fields, wish, code) => {
  const { redeliver, sent } = await prepare(fields);
  await expect(redeliver(wish)).rejects.toMatchObject({ name: 'Problem', code });
  expect(sent).toEqual([]);
});
