import { describe, expect, test } from 'vitest';
import {
  imageDone,
  imageFailed,
  makeEndings,
  makeRecord,
  makeRequest,
  REQUEST_ID,
  RUN,
} from '../../tests/fakes/make-request.ts';
import { makeWorld } from '../../tests/fakes/world.ts';
import type { Ending } from './page-store.ts';
import type { Request } from './request.ts';
import { finishIfSettled, settleProducts } from './settle-products.ts';

const place = { ...RUN, page: 0, expected: 2, pagesInGroup: 1, expiresAt: 4_102_444_800 };
const done = (...indexes: number[]) => makeEndings(indexes.map((index) => [index, makeRecord(index, [imageDone()])]));
const failed = (index: number) => makeEndings([[index, makeRecord(index, [imageFailed('timeout')])]]);

async function prepare(fields: Partial<Request> = {}) {
  const world = makeWorld();
  await world.requests.create(makeRequest(fields));
  const request = async () => (await world.requests.get(REQUEST_ID))!;
  const settle = (endings: Map<number, Ending>, at = place) => settleProducts(at, endings, world.deps);
  return { ...world, request, settle };
}

test('a page that is not full yet counts only in itself', async () => {
  const { settle, pages, request, queues } = await prepare();
  await settle(done(0));
  expect(await pages.get(RUN, 0)).toMatchObject({ settled: 1, counts: { productsCompleted: 1 } });
  expect(await pages.getGroup(RUN, 0)).toBeUndefined();
  expect((await request()).counts).toEqual({});
  expect(queues.finish.sent).toEqual([]);
});

test('a full page fills its group, the group its request, and the request is to be finished', async () => {
  const { settle, request, queues } = await prepare();
  await settle(done(0));
  await settle(failed(1));
  const { counts, fullGroups } = await request();
  expect(counts).toEqual({
    ...{ productsCompleted: 1, productsFailed: 1, imagesCompressed: 1, imagesFailed: 1, error_timeout: 1 },
    ...{ bytesIn: 100, bytesOut: 50, images_jpeg: 1, bytesIn_jpeg: 100, bytesOut_jpeg: 50 },
  });
  expect(fullGroups).toEqual(new Set([0]));
  expect(queues.finish.sent).toEqual([{ requestId: REQUEST_ID, generation: 1 }]);
});

test('a group waits for all its pages, a request for all its groups', async () => {
  const totals = { products: 3, images: 3, pages: 101, groups: 2, rejectedRows: 0 };
  const { settle, request, queues } = await prepare({ totals });
  const first = { ...place, pagesInGroup: 2, expected: 1 };
  await settle(done(0), first);
  expect((await request()).fullGroups).toBeUndefined();
  await settle(done(1), { ...first, page: 1 });
  expect((await request()).fullGroups).toEqual(new Set([0]));
  expect(queues.finish.sent).toEqual([]);
  await settle(done(2), { ...first, page: 100, pagesInGroup: 1 });
  expect((await request()).fullGroups).toEqual(new Set([0, 1]));
  expect(queues.finish.sent).toHaveLength(1);
});

test('the first outcome wins, and the rest of the call is settled all the same', async () => {
  const { settle, pages, request } = await prepare();
  await settle(failed(0));
  await settle(done(0, 1));
  const page = await pages.get(RUN, 0);
  expect([...page!.products.values()].map(({ status }) => status)).toEqual(['FAILED', 'COMPLETED']);
  expect((await request()).counts).toMatchObject({ productsFailed: 1, productsCompleted: 1 });
});

test('settling again counts nothing again', async () => {
  const { settle, request } = await prepare();
  await settle(done(0, 1));
  const before = await request();
  await settle(done(0, 1));
  expect(await request()).toEqual(before);
});

test.each([1, 2, 3])('killed after its update number %i, a repeated call walks the rest of the way', async (deadly) => {
  let updates = 0;
  const world = makeWorld({
    fault: (call, moment) => {
      if (call === 'update' && moment === 'after' && ++updates === deadly) throw new Error('killed');
    },
  });
  await world.requests.create(makeRequest());
  await expect(settleProducts(place, done(0, 1), world.deps)).rejects.toThrow('killed');
  expect(world.queues.finish.sent).toEqual([]);
  await settleProducts(place, done(0, 1), world.deps);
  expect((await world.requests.get(REQUEST_ID))?.counts).toMatchObject({ productsCompleted: 2, bytesIn: 200 });
  expect(world.queues.finish.sent).toHaveLength(1);
});

test('a late walk of an earlier run counts nothing in the run that follows it', async () => {
  const retryTotals = { products: 1, images: 1, pages: 1, groups: 1 };
  const { settle, request, queues } = await prepare({ generation: 2, sealedGeneration: 2, retryTotals });
  const before = await request();
  await settle(done(0, 1));
  expect(await request()).toEqual(before);
  expect(queues.finish.sent).toEqual([]);
});

test('with nothing to settle it still walks up from a page that is full', async () => {
  const { settle, queues } = await prepare();
  await settle(done(0, 1));
  await settle(new Map());
  expect(queues.finish.sent).toHaveLength(2);
});

test('items live as long as their request', async () => {
  const { settle, table } = await prepare();
  await settle(done(0, 1));
  expect([...table.items.values()].map(({ expiresAt }) => expiresAt)).toEqual(Array(3).fill(place.expiresAt));
});

describe('no finish message before', () => {
  const all = { fullGroups: new Set([0]) };
  test.each<[string, Partial<Request>]>([
    ['it is sealed', { ...all, sealedGeneration: undefined, status: 'RECEIVED' }],
    ['all groups are full', { fullGroups: new Set(), totals: { ...makeRequest().totals!, groups: 1 } }],
    ['its group was counted', { fullGroups: undefined }],
    ['the message that finishes it is at work', { ...all, status: 'FINISHING' }],
  ])('%s', async (_name, fields) => {
    const { queues } = makeWorld();
    await finishIfSettled(makeRequest(fields), queues.finish);
    expect(queues.finish.sent).toEqual([]);
  });
});
