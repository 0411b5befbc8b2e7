import { describe, expect, test } from 'vitest';
import { csvOf, makeWorld } from '../../tests/fakes/world.ts';
import { makeRequest, REQUEST_ID } from '../../tests/fakes/make-request.ts';
import { ingestCsv } from './ingest-csv.ts';
import { inputObject } from './keys.ts';
import type { Request } from './request.ts';

const received = makeRequest({
  ...{ status: 'RECEIVED', totals: undefined, plan: undefined, sealedGeneration: undefined },
  webhookUrl: 'https://caller.example/',
});

async function prepare(csv: Buffer, fields: Partial<Request> = {}) {
  const world = makeWorld();
  await world.requests.create({ ...received, ...fields });
  await world.data.put(inputObject({ requestId: REQUEST_ID }), csv, { contentType: 'text/csv' });
  return world;
}

test('scans, sends and seals', async () => {
  const { deps, queues, requests } = await prepare(csvOf([1, 1, 1]));
  await ingestCsv(REQUEST_ID, deps);
  expect(queues.pages.sent.map(({ page, again }) => [page, again])).toEqual([
    [0, false],
    [1, false],
    [2, false],
  ]);
  expect(await requests.get(REQUEST_ID)).toMatchObject({ status: 'PROCESSING', totals: { products: 3, pages: 3 } });
});

test('a resumed ingest cuts at the same places and says that pages may have been sent before', async () => {
  const plan = { imagesPerPage: 2, productsPerPage: 2 };
  const totals = { products: 3, images: 3, pages: 2, groups: 1, rejectedRows: 0 };
  const { deps, queues } = await prepare(csvOf([1, 1, 1]), { plan, totals });
  await ingestCsv(REQUEST_ID, deps);
  expect(queues.pages.sent.map(({ products, again }) => [products.length, again])).toEqual([
    [2, true],
    [1, true],
  ]);
});

test('a sealed request whose pages are all settled gets its finish message again', async () => {
  const { deps, queues } = await prepare(csvOf([1]), makeRequest({ fullGroups: new Set([0]) }));
  await ingestCsv(REQUEST_ID, deps);
  expect(queues.finish.sent).toEqual([{ requestId: REQUEST_ID, generation: 1 }]);
  expect(queues.pages.sent).toEqual([]);
});

describe('nothing is left to do for', () => {
  test.each<[string, Partial<Request>]>([
    ['a request that waits for its file', { status: 'AWAITING_FILE' }],
    ['a sealed request', { status: 'PROCESSING', sealedGeneration: 1 }],
    ['a request that is being finished', { status: 'FINISHING', sealedGeneration: 1, fullGroups: new Set([0]) }],
    ['an ended request whose caller was told', { status: 'COMPLETED', webhookStatus: 'delivered' }],
  ])('%s', async (_name, fields) => {
    const { deps, queues } = await prepare(csvOf([1]), fields);
    await ingestCsv(REQUEST_ID, deps);
    expect(Object.values(queues).flatMap(({ sent }): unknown[] => sent)).toEqual([]);
  });

  test('a request that never came to be', async () => {
    const world = makeWorld();
    await ingestCsv(REQUEST_ID, world.deps);
    expect(world.table.items.size).toBe(0);
  });
});

describe('a file that can not be used', () => {
  test.each([
    ['without a header', 'hello', 'no_header'],
    ['without rows', 'SKU,Image URL\n', 'no_rows'],
    ['that is empty', '', 'empty_file'],
  ])('%s ends its request as FAILED and sends no page', async (_name, csv, code) => {
    const { deps, queues, requests } = await prepare(Buffer.from(csv));
    await ingestCsv(REQUEST_ID, deps);
    expect(await requests.get(REQUEST_ID)).toMatchObject({ status: 'FAILED', error: { code } });
    expect(queues.pages.sent).toEqual([]);
    expect(queues.webhooks.sent).toEqual([{ requestId: REQUEST_ID, generation: 1 }]);
  });

  test('is announced again when the first announcement was lost', async () => {
    const { deps, queues } = await prepare(Buffer.from('hello'));
    await ingestCsv(REQUEST_ID, deps);
    await ingestCsv(REQUEST_ID, deps);
    expect(queues.webhooks.sent).toHaveLength(2);
  });
});

test('a missing copy is trouble, not a refusal', async () => {
  const { deps, data, requests } = await prepare(csvOf([1]));
  data.stored.clear();
  await expect(ingestCsv(REQUEST_ID, deps)).rejects.toMatchObject({ name: 'ObjectMissing' });
  expect((await requests.get(REQUEST_ID))?.status).toBe('RECEIVED');
});

test('a request that is given up while its file is being read sends no page', async () => {
  const { deps, data, queues, requests } = await prepare(csvOf([1]));
  const read: typeof data.read = async (key) => {
    const error = { code: 'ingest_failed', message: 'It was buried.' };
    const at = '2025-10-05T18:00:00.000Z';
    await requests.fail({ requestId: REQUEST_ID, generation: 1 }, { from: ['RECEIVED'], error, at });
    return await data.read(key);
  };
  await ingestCsv(REQUEST_ID, { ...deps, data: Object.assign(Object.create(data) as typeof data, { read }) });
  expect(queues.pages.sent).toEqual([]);
  expect(await requests.get(REQUEST_ID)).toMatchObject({ status: 'FAILED', counts: {} });
});

test('two at once plan it once, and cut it alike', async () => {
  const { deps, queues, requests } = await prepare(csvOf([1, 1, 1]));
  await Promise.all([ingestCsv(REQUEST_ID, deps), ingestCsv(REQUEST_ID, deps)]);
  expect(await requests.get(REQUEST_ID)).toMatchObject({ status: 'PROCESSING', totals: { pages: 3 } });
  expect(new Set(queues.pages.sent.map(({ page }) => page))).toEqual(new Set([0, 1, 2]));
});
