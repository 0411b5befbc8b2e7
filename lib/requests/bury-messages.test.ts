import { describe, expect, test } from 'vitest';
import { makeProduct, makeRequest, REQUEST_ID, RUN } from '../../tests/fakes/make-request.ts';
import { csvOf, makeWorld } from '../../tests/fakes/world.ts';
import { ImageError } from '../images/image-error.ts';
import { buryFile, buryFinish, buryIngest, buryPage, buryWebhook } from './bury-messages.ts';
import { compressPage } from './compress-page.ts';
import { OPENS } from './progress-store.ts';
import type { Request } from './request.ts';
import { pageDelivery } from '../../tests/fakes/page-delivery.ts';

const webhookUrl = 'https://caller.example/';
const message = { requestId: REQUEST_ID, generation: 1 };

async function prepare(fields: Partial<Request> = {}) {
  const world = makeWorld({ host: (url) => (url.includes('/1/1') ? new ImageError('timeout') : 100) });
  await world.requests.create(makeRequest({ webhookUrl, ...fields }));
  return { ...world, request: async () => (await world.requests.get(REQUEST_ID))! };
}

test('a sweep that could not be done is dropped: it neither goes round nor tells anybody', async () => {
  const { deps, queues } = await prepare({ status: 'COMPLETED' });
  await buryFinish({ ...RUN, sweep: true }, deps);
  expect([queues.finish.sent, queues.webhooks.sent]).toEqual([[], []]);
});

describe('a buried page', () => {
  const page = { ...message, page: 0, pagesInGroup: 1, products: [makeProduct(0, 1), makeProduct(1, 2)], again: false };

  test('settles what is open as given up, keeps what is done, and its request can end', async () => {
    const { deps, pages, queues } = await prepare();
    const delivery = pageDelivery();
    await expect(compressPage(page, delivery, deps)).rejects.toThrow();
    await buryPage(page, deps);
    const records = [...(await pages.get(RUN, 0))!.products.values()];
    expect(records).toMatchObject([
      { status: 'COMPLETED' },
      { status: 'PARTIAL', images: [{ format: 'jpeg' }, { code: 'gave_up' }] },
    ]);
    expect(queues.finish.sent).toEqual([message]);
  });

  test('buried twice counts once', async () => {
    const { deps, request } = await prepare();
    await buryPage(page, deps);
    await buryPage(page, deps);
    expect((await request()).counts).toEqual({ productsFailed: 2, imagesFailed: 3, error_gave_up: 3 });
  });

  test('of a request that is gone leaves nothing', async () => {
    const world = makeWorld();
    await buryPage(page, world.deps);
    expect(world.table.items.size).toBe(0);
  });
});

describe('a buried ingest', () => {
  test.each(['AWAITING_FILE', 'RECEIVED'] as const)(
    'fails a request that is %s and tells its caller',
    async (status) => {
      const tomorrow = Math.floor(Date.now() / 1000) + 86_400;
      const fields = { status, sealedGeneration: undefined, expiresAt: tomorrow };
      const { deps, request, queues, table } = await prepare(fields);
      await buryIngest({ kind: 'ingest', requestId: REQUEST_ID }, deps);
      expect(await request()).toMatchObject({ status: 'FAILED', error: { code: 'ingest_failed' } });
      // A file is waited for for a day; what became of it is kept longer, and whether its caller was told is checked.
      expect((await request()).expiresAt).toBeGreaterThan(tomorrow + 86_400);
      expect(table.items.get(`REQ#${REQUEST_ID} REQUEST`)).toMatchObject(OPENS);
      expect(queues.webhooks.sent).toEqual([message]);
    },
  );

  test('leaves a request alone that has gone on', async () => {
    const { deps, request, queues } = await prepare();
    await buryIngest({ kind: 'ingest', requestId: REQUEST_ID }, deps);
    expect((await request()).status).toBe('PROCESSING');
    expect(queues.webhooks.sent).toEqual([]);
  });

  test('sends the finish message of a request that is settled, for its ingest never could', async () => {
    const { deps, queues } = await prepare({ fullGroups: new Set([0]) });
    await buryIngest({ kind: 'ingest', requestId: REQUEST_ID }, deps);
    expect(queues.finish.sent).toEqual([message]);
  });

  test('tells the caller again when the first burial died before it did', async () => {
    const { deps, queues } = await prepare({ status: 'FAILED' });
    await buryIngest({ kind: 'ingest', requestId: REQUEST_ID }, deps);
    expect(queues.webhooks.sent).toEqual([message]);
  });
});

describe('a buried file', () => {
  test('that was dropped gets a request which says that it failed, once', async () => {
    const world = makeWorld();
    const arrival = world.data.arrive('incoming/drop/a.csv', csvOf([1]));
    await buryFile(arrival, world.deps);
    await buryFile(arrival, world.deps);
    const requests = [...world.table.items.values()].filter(({ sk }) => sk === 'REQUEST');
    expect(requests).toMatchObject([{ status: 'FAILED', fileName: 'a.csv', error: { code: 'ingest_failed' } }]);
  });

  test('that was dropped keeps its options, and its own webhook is told', async () => {
    const world = makeWorld();
    const metadata = { webhookurl: webhookUrl, format: 'webp', mtime: '1759687108' };
    await buryFile(world.data.arrive('incoming/drop/a.csv', csvOf([1]), metadata), world.deps);
    const [request] = [...world.table.items.values()].filter(({ sk }) => sk === 'REQUEST');
    expect(request).toMatchObject({ status: 'FAILED', webhookUrl, options: { format: 'webp' } });
    expect(world.queues.webhooks.sent).toMatchObject([{ requestId: request!.requestId }]);
  });

  test.each(['gone', 'another one'])('that is %s gets a request with what the deployment says', async (now) => {
    const world = makeWorld();
    const arrival = world.data.arrive('incoming/drop/a.csv', csvOf([1]));
    if (now === 'gone') world.data.stored.clear();
    else world.data.arrive('incoming/drop/a.csv', csvOf([2]), { webhookurl: webhookUrl });
    await buryFile(arrival, world.deps);
    const [request] = [...world.table.items.values()].filter(({ sk }) => sk === 'REQUEST');
    expect(request).toMatchObject({ status: 'FAILED', error: { code: 'ingest_failed' } });
    expect(world.queues.webhooks.sent).toEqual([]);
  });

  test('waits for its metadata when S3 is in trouble', async () => {
    const world = makeWorld();
    const arrival = world.data.arrive('incoming/drop/a.csv', csvOf([1]));
    const data = Object.assign(Object.create(world.data), { head: () => Promise.reject(new Error('slow down')) });
    await expect(buryFile(arrival, { ...world.deps, data })).rejects.toThrow('slow down');
  });

  test('that was uploaded fails the request that waits for it', async () => {
    const { deps, data, request } = await prepare({ status: 'AWAITING_FILE' });
    await buryFile(data.arrive(`incoming/upload/${REQUEST_ID}`, csvOf([1])), deps);
    expect((await request()).status).toBe('FAILED');
  });

  test('that is no file of ours leaves nothing', async () => {
    const world = makeWorld();
    await buryFile(world.data.arrive('incoming/drop/folder/', Buffer.alloc(0)), world.deps);
    expect(world.table.items.size).toBe(0);
  });
});

test.each(['PROCESSING', 'FINISHING'] as const)('a buried finish fails a request that is %s', async (status) => {
  const counts = { productsCompleted: 2 };
  const { deps, request, queues } = await prepare({ status, counts });
  await buryFinish(message, deps);
  expect(await request()).toMatchObject({ status: 'FAILED', error: { code: 'result_failed' }, counts });
  expect(queues.webhooks.sent).toEqual([message]);
});

test('a buried finish leaves a result alone that was written after all', async () => {
  const { deps, request } = await prepare({ status: 'COMPLETED' });
  await buryFinish(message, deps);
  expect((await request()).status).toBe('COMPLETED');
});

test.each<[string, Partial<Request>, Request['webhookStatus']]>([
  ['shows that the caller was not told', { status: 'COMPLETED' }, 'failed'],
  ['leaves a delivery alone that came through', { status: 'COMPLETED', webhookStatus: 'delivered' }, 'delivered'],
  ['leaves a later generation alone', { status: 'COMPLETED', generation: 2 }, undefined],
  ['has nothing to do without a webhook', { status: 'COMPLETED', webhookUrl: undefined }, undefined],
])('a buried webhook %s', async (_name, fields, expected) => {
  const { requests, request } = await prepare(fields);
  await buryWebhook(message, requests);
  expect((await request()).webhookStatus).toBe(expected);
});

test.each<[string, number | null, Request['webhookStatus']]>([
  ['was taken: only its end could not be written', 204, 'delivered'],
  ['was never taken', 500, 'failed'],
])('a buried webhook that %s ends so', async (_name, statusCode, expected) => {
  const { requests, request } = await prepare({ status: 'COMPLETED' });
  const attempt = { generation: 1, attempt: 1, at: '2025-10-05T18:00:01.000Z', durationMs: 1, error: null };
  await requests.recordDelivery(await request(), { ...attempt, round: 1, statusCode, retryAt: null });
  await buryWebhook(message, requests);
  expect((await request()).webhookStatus).toBe(expected);
});

test('a buried redelivery ends its own round, also when that had not begun, and no other', async () => {
  const { requests, request } = await prepare({ status: 'COMPLETED', webhookStatus: 'delivered' });
  await buryWebhook({ ...message, round: 2 }, requests);
  expect(await request()).toMatchObject({ webhookRound: 2, webhookStatus: 'failed' });
  await requests.startRound(await request());
  await buryWebhook({ ...message, round: 2 }, requests);
  expect(Object.keys(await request())).not.toContain('webhookStatus');
});
