import { describe, expect, test } from 'vitest';
import { beginJourney, type Journey, type Troubles } from '../../tests/fakes/journey.ts';
import { REQUEST_ID } from '../../tests/fakes/make-request.ts';
import { buryFinish, buryIngest, buryPage } from './bury-messages.ts';
import { sumCounts } from './counts.ts';
import { finishRequest } from './finish-request.ts';
import { resultObject } from './keys.ts';
import { linksUnder } from './links.ts';
import type { PageMessage } from './messages.ts';
import { openDelivery } from './open-delivery.ts';
import { countRecord } from './product-record.ts';
import { toRequest } from './request.ts';
import { webhookPayload } from './webhook-payload.ts';

const TROUBLES: Troubles = { '/1/1': 'not_found', '/2/0': 'timeout', '/3/': 'timeout' };
const url = (path: string) => `https://shop.example${path}.jpg`;
const run = (generation: number) => ({ requestId: REQUEST_ID, generation });

/** Products of 1, 2, 2, 2 and no images; four images failed. */
async function ended(troubles = TROUBLES) {
  const journey = await beginJourney([1, 2, 2, 2, 0], troubles);
  await journey.deliver.all();
  journey.fetched.length = 0;
  return journey;
}

/** I1: at rest, counts are what a recount of the records gives. */
async function checkCounts(journey: Journey): Promise<void> {
  expect((await journey.request()).counts).toEqual(sumCounts((await journey.records()).map(countRecord)));
}

const messagesOf = ({ queues }: Journey) => Object.values(queues).map(({ sent }): unknown[] => [...sent]);

const statusesIn = ({ result }: Journey, generation: number) => result(generation).map(({ Status }) => Status);

describe('a retry', () => {
  test('fetches what failed and nothing else, and counts everything once', async () => {
    const journey = await ended();
    delete journey.hosts['/2/0'];
    await journey.retry();
    await journey.deliver.all();
    expect([...new Set(journey.fetched)].sort()).toEqual(['/1/1', '/2/0', '/3/0', '/3/1'].map(url));
    expect(await journey.request()).toMatchObject({
      status: 'COMPLETED_WITH_ERRORS',
      ...{ generation: 2, resultGeneration: 2, retryTotals: { products: 3, images: 4, pages: 3, groups: 1 } },
      counts: { imagesCompressed: 4, imagesFailed: 3, productsCompleted: 2, productsPartial: 1, productsFailed: 2 },
    });
    await checkCounts(journey);
  });

  test('leaves what was done as it is, and puts what it finds beside it under keys of its own', async () => {
    const journey = await ended();
    const before = await journey.records();
    const stored = new Map(journey.images.stored);
    delete journey.hosts['/1/1'];
    await journey.retry();
    await journey.deliver.all();
    const after = await journey.records();
    expect(after[0]).toEqual(before[0]);
    expect(after[1]!.images[0]).toEqual(before[1]!.images[0]);
    expect(after[1]!.output_urls).toEqual([
      `https://images.example/${REQUEST_ID}/1-1.jpg`,
      `https://images.example/${REQUEST_ID}/1-2-2.jpg`,
    ]);
    for (const [key, image] of stored) expect(journey.images.stored.get(key)).toEqual(image);
    expect([...journey.images.stored.keys()].filter((key) => !stored.has(key))).toEqual([`${REQUEST_ID}/1-2-2.jpg`]);
  });

  test('merges its result with the one before, which stays as it was', async () => {
    const journey = await ended();
    const before = journey.result(1);
    delete journey.hosts['/2/0'];
    await journey.retry();
    await journey.deliver.all();
    expect(statusesIn(journey, 2)).toEqual(['COMPLETED', 'PARTIAL', 'COMPLETED', 'FAILED', 'FAILED']);
    expect(journey.failedRows(2)).toEqual(['2', '4', '5']);
    expect(journey.result(2).map((row) => row['S. No.'])).toEqual(['1', '2', '3', '4', '5']);
    expect(journey.result(1)).toEqual(before);
    expect(journey.failedRows(1)).toEqual(['2', '3', '4', '5']);
  });

  test('by code tries only the images that failed so', async () => {
    const journey = await ended();
    journey.hosts['/3/'] = 'not_found';
    delete journey.hosts['/1/1'];
    await journey.retry({ codes: ['timeout'] });
    await journey.deliver.all();
    expect([...new Set(journey.fetched)].sort()).toEqual(['/2/0', '/3/0', '/3/1'].map(url));
    expect((await journey.request()).counts).toMatchObject({ error_timeout: 1, error_not_found: 3 });
    await checkCounts(journey);
  });

  test('of a product by one code leaves its other failures counted as they are', async () => {
    const journey = await ended({ '/2/0': 'timeout', '/2/1': 'not_found' });
    delete journey.hosts['/2/0'];
    await journey.retry({ codes: ['timeout'] });
    await journey.deliver.all();
    expect((await journey.records())[2]).toMatchObject({ status: 'PARTIAL', images: [{}, { code: 'not_found' }] });
    await checkCounts(journey);
  });

  test('of a retry goes on from it', async () => {
    const journey = await ended();
    for (const [generation, mended] of [
      [2, '/1/1'],
      [3, '/2/0'],
      [4, '/3/'],
    ] as const) {
      Reflect.deleteProperty(journey.hosts, mended);
      await journey.retry();
      await journey.deliver.all();
      expect((await journey.request()).resultGeneration).toBe(generation);
      await checkCounts(journey);
    }
    expect(await journey.request()).toMatchObject({ counts: { imagesCompressed: 7, productsCompleted: 4 } });
    expect(statusesIn(journey, 4)).toEqual([...Array<string>(4).fill('COMPLETED'), 'FAILED']);
    expect(
      (await journey.records()).flatMap(({ output_urls }) => output_urls).map((one) => /[^/]*$/.exec(one)![0]),
    ).toEqual(['0-1.jpg', '1-1.jpg', '1-2-2.jpg', '2-1-3.jpg', '2-2.jpg', '3-1-4.jpg', '3-2-4.jpg']);
  });

  test('in which nothing gets better ends as it began', async () => {
    const journey = await ended();
    const [records, { counts }] = [await journey.records(), await journey.request()];
    await journey.retry();
    await journey.deliver.all();
    expect(await journey.records()).toEqual(records);
    expect(await journey.request()).toMatchObject({ status: 'COMPLETED_WITH_ERRORS', counts });
  });

  test('that mends all images is COMPLETED, and then there is nothing to retry', async () => {
    const journey = await beginJourney([1, 2], { '/1/0': 'forbidden' });
    await journey.deliver.all();
    delete journey.hosts['/1/0'];
    await journey.retry();
    await journey.deliver.all();
    expect((await journey.request()).status).toBe('COMPLETED');
    await expect(journey.retry()).rejects.toMatchObject({ code: 'nothing_to_retry' });
  });

  test('keeps what it has while an image is tried once more, and fetches none of it again', async () => {
    const journey = await ended();
    delete journey.hosts['/2/0'];
    await journey.retry();
    await journey.deliver.ingest(journey.queues.ingest.sent.splice(0)[0]!);
    const page = journey.queues.pages.sent.find(({ products }) => products[0]!.index === 3)!;
    await expect(journey.deliver.page(page, 1)).rejects.toMatchObject({ name: 'RetryLater' });
    journey.hosts['/3/'] = 'timeout';
    journey.fetched.length = 0;
    delete journey.hosts['/3/'];
    journey.hosts['/3/1'] = 'timeout';
    await expect(journey.deliver.page(page, 2)).rejects.toMatchObject({ name: 'RetryLater' });
    delete journey.hosts['/3/1'];
    await journey.deliver.page(page, 3);
    expect(journey.fetched).toEqual([url('/3/0'), url('/3/1'), url('/3/1')]);
    await journey.deliver.all();
    await checkCounts(journey);
  });

  test('has a webhook of its own, and the one before is told no more', async () => {
    const journey = await ended();
    await journey.retry();
    expect(await openDelivery(run(1), journey.requests)).toBeUndefined();
    await journey.deliver.all();
    expect(journey.queues.webhooks.sent.at(-1)).toEqual(run(2));
    expect(await openDelivery(run(1), journey.requests)).toBeUndefined();
    expect(await openDelivery(run(2), journey.requests)).toMatchObject({ tried: [], request: { generation: 2 } });
  });

  test('of hundreds of pages sends those of a group with their number, and ends', async () => {
    const journey = await beginJourney(
      Array.from({ length: 230 }, () => 1),
      { '7/0': 'not_found' },
    );
    await journey.deliver.all();
    journey.fetched.length = 0;
    delete journey.hosts['7/0'];
    await journey.retry();
    await journey.deliver.all();
    expect(new Set(journey.fetched).size).toBe(23);
    expect(journey.fetched).toHaveLength(23);
    expect((await journey.request()).status).toBe('COMPLETED');
    await checkCounts(journey);
  });
});

describe('what comes late of the run before', () => {
  const AT = '2025-10-05T18:00:00.000Z';
  const NONE = { products: 0, images: 0, pages: 0, groups: 0 };
  type Late = [string, (journey: Journey, page: PageMessage) => Promise<unknown>];
  const LATE: Late[] = [
    ['its page', ({ deliver }, page) => deliver.page(page, 2)],
    ['its page, marked as sent before', ({ deliver }, page) => deliver.page({ ...page, again: true })],
    ['its page, buried', ({ deps }, page) => buryPage(page, deps)],
    ['its finish', ({ deliver }) => deliver.finish(run(1))],
    ['its finish, buried', ({ deps }) => buryFinish(run(1), deps)],
    ['its ingest, buried', ({ deps }) => buryIngest({ kind: 'ingest', requestId: REQUEST_ID }, deps)],
    ['the count of its group, by a walk that was slow', ({ requests }) => requests.addGroup(run(1), 0, { bytesIn: 1 })],
    ['its seal', ({ requests }) => requests.seal(run(1), { at: AT })],
    ['the beginning of its finish', ({ requests }) => requests.startFinishing(run(1))],
    ['its end', ({ requests }) => requests.end(run(1), { status: 'COMPLETED', at: AT })],
    [
      'the plan of its retry',
      ({ requests }) => requests.planRetry(run(2), { totals: NONE, counts: {}, gone: [], before: {} }),
    ],
    ['its webhook', ({ requests }) => openDelivery(run(1), requests)],
    ['the redelivery of its webhook', ({ requests }) => openDelivery({ ...run(1), round: 2 }, requests)],
  ];

  test.each(LATE)('%s changes nothing, while the retry runs', async (_name, late) => {
    const journey = await beginJourney([1, 2, 2, 2, 0], TROUBLES);
    const pages = structuredClone(journey.queues.pages.sent);
    await journey.deliver.all();
    await journey.retry();
    await journey.deliver.ingest(journey.queues.ingest.sent.splice(0)[0]!);
    journey.fetched.length = 0;
    const [before, waiting] = [journey.snapshot(), messagesOf(journey)];
    for (const page of pages) await late(journey, page);
    expect(journey.snapshot()).toEqual(before);
    expect(journey.fetched).toEqual([]);
    expect(messagesOf(journey)).toEqual(waiting);
    await journey.deliver.all();
    await checkCounts(journey);
  });

  test.each(LATE)('%s changes nothing, when the retry has ended and its caller was told', async (_name, late) => {
    const journey = await beginJourney([1, 2, 2, 2, 0], TROUBLES);
    const pages = structuredClone(journey.queues.pages.sent);
    await journey.deliver.all();
    await journey.retry();
    await journey.deliver.all();
    await journey.requests.endDelivery(await journey.request(), 'delivered');
    const before = journey.snapshot();
    for (const page of pages) await late(journey, page);
    expect(journey.snapshot()).toEqual(before);
  });

  test('its insurance goes on with the retry instead, and nothing is done twice by that', async () => {
    const journey = await ended();
    await journey.retry();
    await journey.deliver.ingest({ kind: 'ingest', requestId: REQUEST_ID });
    expect(await journey.request()).toMatchObject({ status: 'PROCESSING', generation: 2 });
    await journey.deliver.all();
    await checkCounts(journey);
  });

  test('the retry’s own message, repeated after its end, begins no other', async () => {
    const journey = await ended();
    await journey.retry();
    const message = structuredClone(journey.queues.ingest.sent[0]!);
    await journey.deliver.all();
    const before = journey.snapshot();
    await journey.deliver.ingest(message);
    expect(journey.snapshot()).toEqual(before);
    expect(journey.queues.pages.sent).toEqual([]);
  });

  test('a finish that was slow writes its own result, without what a retry has found meanwhile', async () => {
    const journey = await beginJourney([1, 1], { '/1/0': 'not_found' });
    await journey.deliver.all();
    const atFirst = journey.data.text(resultObject(run(1)));
    const item = journey.table.items.get(`REQ#${REQUEST_ID} REQUEST`)!;
    const standing = structuredClone(item);
    delete journey.hosts['/1/0'];
    await journey.retry();
    await journey.deliver.all();
    // As if it had read the request before its twin ended it.
    const slow = { ...standing, status: 'FINISHING' };
    const table = { ...journey.deps.requests, startFinishing: () => Promise.resolve(undefined) };
    const requests = { ...table, get: () => Promise.resolve(toRequest(slow)) };
    await finishRequest(run(1), { ...journey.deps, requests });
    expect(journey.data.text(resultObject(run(1)))).toBe(atFirst);
    expect(await journey.request()).toMatchObject({ generation: 2, status: 'COMPLETED' });
  });
});

describe('a retry of a request that', () => {
  test('was cancelled picks up what was not done', async () => {
    const journey = await beginJourney([1, 2, 1], { '/1/1': 'not_found' });
    const pages = journey.queues.pages.sent.splice(0);
    await journey.deliver.page(pages[0]!);
    await journey.cancel();
    for (const page of pages) await journey.deliver.page(page);
    await journey.deliver.all();
    expect((await journey.request()).counts).toMatchObject({ error_cancelled: 3, imagesCompressed: 1 });
    journey.fetched.length = 0;
    await journey.retry({ codes: ['cancelled'] });
    await journey.deliver.all();
    expect(journey.fetched.sort()).toEqual(['/1/0', '/1/1', '/2/0'].map(url));
    expect(await journey.request()).toMatchObject({
      status: 'COMPLETED_WITH_ERRORS',
      counts: { imagesCompressed: 3, error_not_found: 1 },
    });
    expect(await journey.request()).not.toHaveProperty('cancelledAt');
    await checkCounts(journey);
  });

  test('FAILED because its result could not be written writes it, and fetches nothing that is done', async () => {
    const journey = await beginJourney([1, 2]);
    for (const page of journey.queues.pages.sent.splice(0)) await journey.deliver.page(page);
    for (const message of journey.queues.finish.sent.splice(0)) await buryFinish(message, journey.deps);
    expect(await journey.request()).toMatchObject({ status: 'FAILED', error: { code: 'result_failed' } });
    journey.fetched.length = 0;
    await journey.retry();
    await journey.deliver.all();
    expect(journey.fetched).toEqual([]);
    const { error, ...request } = await journey.request();
    expect(error).toBeUndefined();
    expect(request).toMatchObject({ status: 'COMPLETED', resultGeneration: 2, retryTotals: { pages: 0, groups: 0 } });
    expect(statusesIn(journey, 2)).toEqual(['COMPLETED', 'COMPLETED']);
    await checkCounts(journey);
  });

  test('could not be begun tries again; meanwhile the earlier result stands', async () => {
    const journey = await ended();
    await journey.retry();
    await buryIngest(journey.queues.ingest.sent.splice(0)[0]!, journey.deps);
    expect(await journey.request()).toMatchObject({
      ...{ status: 'FAILED', generation: 2, resultGeneration: 1, sealedGeneration: 1 },
      error: { code: 'retry_failed' },
    });
    expect(journey.queues.webhooks.sent.at(-1)).toEqual(run(2));
    expect(statusesIn(journey, 1)).toHaveLength(5);
    delete journey.hosts['/2/0'];
    await journey.retry();
    await journey.deliver.all();
    expect(await journey.request()).toMatchObject({ generation: 3, resultGeneration: 3 });
    expect(statusesIn(journey, 3)).toEqual(['COMPLETED', 'PARTIAL', 'COMPLETED', 'FAILED', 'FAILED']);
    await checkCounts(journey);
  });

  test('died among its pages was given up: a page that comes only in the next run is nobody’s any more', async () => {
    const journey = await beginJourney([1, 1], { '/0/': 'not_found' });
    await journey.deliver.all();
    await journey.retry();
    const [message] = journey.queues.ingest.sent.splice(0);
    await journey.deliver.ingest(message!);
    const [page] = journey.queues.pages.sent.splice(0);
    // As if its seal had never been written.
    Object.assign(journey.table.items.get(`REQ#${REQUEST_ID} REQUEST`)!, { status: 'RECEIVED', sealedGeneration: 1 });
    await buryIngest(message!, journey.deps);
    await journey.retry();
    await journey.deliver.ingest(journey.queues.ingest.sent.splice(0)[0]!);
    journey.fetched.length = 0;
    const before = journey.snapshot();
    await journey.deliver.page(page!);
    await buryPage(page!, journey.deps);
    expect(journey.snapshot()).toEqual(before);
    expect(journey.fetched).toEqual([]);
  });

  test('was given up with pages counted shows the counts of the result that stands, and so does its webhook', async () => {
    const journey = await beginJourney([1, 1], { '/0/': 'not_found' });
    await journey.deliver.all();
    const { images, products, failures } = await journey.status();
    await journey.retry();
    const [message] = journey.queues.ingest.sent.splice(0);
    await journey.deliver.ingest(message!);
    journey.hosts['/0/'] = 'forbidden';
    await journey.deliver.page(journey.queues.pages.sent.splice(0)[0]!);
    // As if its seal had never been written.
    Object.assign(journey.table.items.get(`REQ#${REQUEST_ID} REQUEST`)!, { status: 'RECEIVED', sealedGeneration: 1 });
    expect(await journey.status()).toMatchObject({ failures: { forbidden: 1 } });
    await buryIngest(message!, journey.deps);
    expect(await journey.status()).toMatchObject({ status: 'FAILED', error: { code: 'retry_failed' } });
    expect(await journey.status()).toMatchObject({ images, products });
    expect((await journey.status()).failures).toEqual(failures);
    const told = webhookPayload(await journey.request(), linksUnder('https://api.example'));
    expect(told.data).toMatchObject({ images, products, failures });

    // Neither does the next retry count what it did, before it is planned and from then on.
    await journey.retry();
    expect(await journey.status()).toMatchObject({ status: 'RECEIVED', images, products, failures });
    await journey.deliver.ingest(journey.queues.ingest.sent.splice(0)[0]!);
    const open = { images: { compressed: 1, failed: 0, pending: 1 }, failures: {} };
    expect(await journey.status()).toMatchObject(open);
    delete journey.hosts['/0/'];
    await journey.deliver.all();
    await checkCounts(journey);
  });

  test('died among its pages and was buried: what these pages find, then or later, does not count', async () => {
    let left = Infinity;
    const fault = (call: string, moment: string) => {
      if (call === 'send' && moment === 'before' && --left < 0) throw new Error('killed');
    };
    const journey = await beginJourney([1, 1, 1], { '/0/': 'not_found', '/1/': 'not_found' }, { fault });
    await journey.deliver.all();
    await journey.retry();
    const [message] = journey.queues.ingest.sent.splice(0);
    delete journey.hosts['/0/'];
    left = 1;
    await expect(journey.deliver.ingest(message!)).rejects.toThrow('killed');
    left = Infinity;
    const [page, ...others] = journey.queues.pages.sent.splice(0);
    expect(others).toEqual([]);
    await journey.deliver.page(page!);
    await buryIngest(message!, journey.deps);
    const [buried, before] = [journey.snapshot(), journey.result(1)];
    await journey.deliver.page(page!, 2);
    expect(journey.snapshot()).toEqual(buried);
    const listed = await journey.status({ only: 'failed', fromPage: 0, limit: 9 });
    expect(listed.items!.map(({ serial_number: serial }) => serial)).toEqual(['1', '2']);
    await journey.retry();
    journey.fetched.length = 0;
    await journey.deliver.all();
    expect(journey.fetched).toEqual([url('/0/0'), url('/1/0')]);
    expect(await journey.request()).toMatchObject({ generation: 3, counts: { imagesCompressed: 2, imagesFailed: 1 } });
    expect(statusesIn(journey, 3)).toEqual(['COMPLETED', 'FAILED', 'COMPLETED']);
    expect(journey.result(1)).toEqual(before);
    await checkCounts(journey);
  });
});

test('a retry that is cancelled leaves the images that it did not try with their failures', async () => {
  const journey = await ended();
  delete journey.hosts['/2/0'];
  await journey.retry();
  await journey.deliver.ingest(journey.queues.ingest.sent.splice(0)[0]!);
  const pages = journey.queues.pages.sent.splice(0);
  await journey.deliver.page(pages.find(({ products }) => products[0]!.index === 2)!);
  await journey.cancel();
  journey.fetched.length = 0;
  for (const page of pages) await journey.deliver.page(page);
  await journey.deliver.all();
  expect(journey.fetched).toEqual([]);
  expect(await journey.request()).toMatchObject({ status: 'CANCELLED', generation: 2 });
  expect(
    (await journey.records()).map(({ images }) => images.map((image) => ('code' in image ? image.code : 'ok'))),
  ).toEqual([['ok'], ['ok', 'not_found'], ['ok', 'ok'], ['timeout', 'timeout'], []]);
  expect((await journey.request()).counts).not.toHaveProperty('error_cancelled');
  await checkCounts(journey);
  expect(statusesIn(journey, 2)).toEqual(['COMPLETED', 'PARTIAL', 'COMPLETED', 'FAILED', 'FAILED']);
});
