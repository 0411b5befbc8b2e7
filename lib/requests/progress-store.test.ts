import { expect, test } from 'vitest';
import { checkWorld, itemName, SETTLED, START, WEBHOOK } from '../../tests/fakes/check-world.ts';
import { makeRequest, REQUEST_ID, RUN } from '../../tests/fakes/make-request.ts';
import { progressStore } from './progress-store.ts';
import type { Request } from './request.ts';

test('open requests are those to which something is owed, from their acceptance until their caller was told', async () => {
  const { requests, open } = checkWorld();
  const run = { requestId: REQUEST_ID, generation: 2 };
  await requests.create(makeRequest({ status: 'AWAITING_FILE', sealedGeneration: undefined, ...WEBHOOK }));
  expect(await open()).toEqual([]);
  await requests.arrive(REQUEST_ID, { at: START, inputVersion: 'abc', expiresAt: 4_102_444_800 });
  expect(await open()).toEqual([REQUEST_ID]);
  await requests.seal(RUN, { at: START });
  await requests.startFinishing(RUN);
  const ended = await requests.end(RUN, { status: 'COMPLETED', at: START });
  expect(await open()).toEqual([REQUEST_ID]);
  const told = await requests.endDelivery(ended!, 'failed');
  expect(await open()).toEqual([]);

  const again = await requests.startRound(told!);
  expect(await open()).toEqual([REQUEST_ID]);
  await requests.endDelivery(again!, 'delivered');
  expect(await open()).toEqual([]);

  await requests.reopen(run, { at: START });
  expect(await open()).toEqual([REQUEST_ID]);
});

test('an upload that is withdrawn is open: its caller is to be told', async () => {
  const { requests, open } = checkWorld();
  await requests.create(makeRequest({ status: 'AWAITING_FILE', ...WEBHOOK }));
  await requests.withdraw(REQUEST_ID, { at: START, expiresAt: 4_102_444_800 });
  expect(await open()).toEqual([REQUEST_ID]);
});

test.each<[string, Partial<Request>]>([
  ['has nobody to tell', { status: 'FAILED' }],
  ['was delivered', { status: 'COMPLETED', ...WEBHOOK, webhookStatus: 'delivered' }],
  ['could not be delivered', { status: 'CANCELLED', ...WEBHOOK, webhookStatus: 'failed' }],
])('a request that has ended and %s is closed by the check, with all that was seen of it', async (_name, fields) => {
  const world = checkWorld();
  await world.requests.create(makeRequest());
  await world.check();
  Object.assign(world.table.items.get(itemName())!, fields);
  await world.check();
  expect(await world.open()).toEqual([]);
  expect(Object.keys(world.table.items.get(itemName())!).join()).not.toMatch(/seen|resends|openKey/);
});

test('a request that is opened again while the check closes it stays open', async () => {
  let reopen: (() => Promise<unknown>) | undefined;
  const world = checkWorld({
    fault: async (call, moment) => {
      const now = call === 'update' && moment === 'before' ? reopen : undefined;
      reopen &&= now ? undefined : reopen;
      await now?.();
    },
  });
  await world.requests.create(makeRequest({ status: 'COMPLETED', ...SETTLED }));
  reopen = () => world.requests.reopen({ requestId: REQUEST_ID, generation: 2 }, { at: START });
  await world.check();
  expect(await world.requests.get(REQUEST_ID)).toMatchObject({ status: 'RECEIVED', generation: 2 });
  expect(await world.open()).toEqual([REQUEST_ID]);
});

test('what was seen before a webhook was told does not count when it is told again', async () => {
  const world = checkWorld();
  await world.requests.create(makeRequest({ status: 'COMPLETED', ...SETTLED, ...WEBHOOK }));
  await world.check();
  const told = await world.requests.endDelivery((await world.requests.get(REQUEST_ID))!, 'delivered');
  world.pass(30 * 24 * 60);
  await world.requests.startRound(told!);
  expect(await world.check()).toMatchObject({ checked: 1, stalled: 0 });
  expect(world.resent()).toEqual([]);
});

test('what has expired is left to DynamoDB, and what it has deleted meanwhile is passed over', async () => {
  const world = checkWorld();
  await world.requests.create(makeRequest({ expiresAt: Date.parse(START) / 1000 }));
  world.pass(60);
  await world.check();
  world.pass(60);
  expect(await world.check()).toEqual({ checked: 1, stalled: 0, failed: 0, reports: [] });
  const { progress } = world.deps;
  const list = progress.list.bind(progress);
  progress.list = async (question) => {
    const found = await list(question);
    world.table.items.delete(itemName());
    return found;
  };
  expect(await world.check()).toEqual({ checked: 1, stalled: 0, failed: 0, reports: [] });
  expect(world.table.items.has(itemName())).toBe(false);
});

test('a check that has read the end of a round does not close the one that has begun since', async () => {
  const { requests, table } = checkWorld();
  const progress = progressStore(table);
  await requests.create(
    makeRequest({ status: 'COMPLETED', webhookUrl: 'https://caller.example/', webhookStatus: 'failed' }),
  );
  const { request } = (await progress.get(REQUEST_ID))!;
  await requests.startRound(request);
  await progress.close(request);
  expect((await progress.list({ after: undefined, limit: 9 })).ids).toEqual([REQUEST_ID]);
});
