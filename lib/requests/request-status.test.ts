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
import { beginJourney } from '../../tests/fakes/journey.ts';
import { makeWorld } from '../../tests/fakes/world.ts';
import { linksUnder } from './links.ts';
import type { ProductFilter } from './list-products.ts';
import type { ProductStatus } from './product-record.ts';
import type { Request } from './request.ts';
import { requestStatus } from './request-status.ts';
import { StatusView } from './views.ts';

const created = '2025-10-05T17:58:28.000Z';
const after = (seconds: number) => new Date(Date.parse(created) + seconds * 1000);

async function prepare(fields: Partial<Request> = {}) {
  const world = makeWorld();
  await world.requests.create(makeRequest({ createdAt: created, ...fields }));
  const ask = (products?: ProductFilter, seconds = 10) => {
    const deps = { ...world.deps, links: linksUnder('https://api.example'), now: () => after(seconds) };
    return requestStatus({ requestId: REQUEST_ID, owner: 'default', products }, deps);
  };
  return { ...world, ask };
}

const totals = { products: 300, images: 300, pages: 150, groups: 2, rejectedRows: 0 };

test('counts are those of the request and of its open groups, each once', async () => {
  const counts = { productsCompleted: 200, imagesCompressed: 190, imagesFailed: 10, error_timeout: 10 };
  const { ask, pages } = await prepare({ totals, fullGroups: new Set([0]), counts });
  const full = { counts, expiresAt: 1 };
  await pages.addFullPage(RUN, { page: 0, ...full });
  const open = {
    productsPartial: 1,
    imagesCompressed: 1,
    imagesFailed: 1,
    error_timeout: 1,
    bytesIn: 100,
    bytesOut: 25,
  };
  await pages.addFullPage(RUN, { page: 100, counts: open, expiresAt: 1 });
  expect(await ask()).toMatchObject({
    products: { total: 300, completed: 200, partial: 1, failed: 0, cancelled: 0, pending: 99 },
    images: { total: 300, compressed: 191, failed: 11, pending: 98 },
    failures: { timeout: 11 },
    bytes: { in: 100, out: 25, saved: 75, savedPercent: 75 },
  });
});

test('the counts of an ended request are its own', async () => {
  const counts = { productsCompleted: 2, imagesCompressed: 3 };
  const { ask, pages } = await prepare({
    status: 'COMPLETED',
    fullGroups: new Set([0]),
    finishedAt: after(6).toISOString(),
    counts,
  });
  await pages.addFullPage(RUN, { page: 0, counts, expiresAt: 1 });
  expect(await ask()).toMatchObject({ images: { compressed: 3, pending: 0 }, products: { completed: 2, pending: 0 } });
});

test('every answer is what the API says that it is', async () => {
  for (const fields of [
    {},
    { status: 'AWAITING_FILE', totals: undefined } as const,
    { webhookUrl: 'https://a.example' },
  ]) {
    const { ask } = await prepare(fields);
    const view = await ask({ only: 'all', fromPage: 0, limit: 10 });
    expect(StatusView.strict().parse(view)).toEqual(view);
  }
});

describe('progress', () => {
  test.each<[string, Partial<Request>, object]>([
    ['nothing is known yet', { status: 'AWAITING_FILE', totals: undefined }, { percent: 0, secondsLeft: null }],
    ['none is done', { totals }, { percent: 0, imagesPerSecond: 0, secondsLeft: null }],
    [
      'a part is done',
      { totals, counts: { imagesCompressed: 90, imagesFailed: 10 } },
      { percent: 33.3, imagesPerSecond: 10, secondsLeft: 20 },
    ],
    ['all is done but not ended', { totals, counts: { imagesCompressed: 300 } }, { percent: 99.9, secondsLeft: 0 }],
    [
      'there are no images',
      { totals: { ...totals, images: 0 }, counts: { productsFailed: 150 } },
      { percent: 50, imagesPerSecond: 0 },
    ],
    ['it has ended', { status: 'COMPLETED', totals, counts: { imagesCompressed: 300 } }, { percent: 100 }],
    ['the file was refused', { status: 'FAILED', totals: undefined }, { percent: 100, secondsLeft: null }],
  ])('when %s', async (_name, fields, progress) => {
    const { ask } = await prepare(fields);
    expect((await ask()).progress).toMatchObject(progress);
  });

  test('the rate counts from the arrival of the file to the end', async () => {
    const times = { receivedAt: after(100).toISOString(), finishedAt: after(130).toISOString() };
    const { ask } = await prepare({ ...times, status: 'COMPLETED', totals, counts: { imagesCompressed: 300 } });
    expect((await ask(undefined, 9_999)).progress.imagesPerSecond).toBe(10);
  });
});

describe('the beginning', () => {
  const arrived = after(100).toISOString();
  const again = after(200).toISOString();
  test.each<[string, Partial<Request>, string | null]>([
    ['of an upload is its acceptance', { source: 'api' }, created],
    ['of a presigned upload is not known before it arrives', { source: 'upload' }, null],
    ['of a presigned upload is its arrival', { source: 'upload', receivedAt: arrived }, arrived],
    ['of a retry is when it was asked for', { receivedAt: arrived, retry: { at: again } }, again],
  ])('%s', async (_name, fields, startedAt) => {
    const { ask } = await prepare(fields);
    expect(await ask()).toMatchObject({ createdAt: created, startedAt });
  });
});

describe('the webhook', () => {
  const webhookUrl = 'https://caller.example/hooks/1?token=s3cret#part';

  test('is shown without the query, which may hold a secret', async () => {
    const { ask } = await prepare({ webhookUrl });
    const view = await ask();
    expect(view.webhook).toEqual({
      status: 'pending',
      deliveryId: `msg_${REQUEST_ID}_1`,
      url: 'https://caller.example/hooks/1',
      attempts: [],
    });
    expect(JSON.stringify(view)).not.toContain('s3cret');
  });

  const refused = { generation: 1, at: created, durationMs: 12, statusCode: 500, error: 'http_error' };

  test('shows its attempts once the request has ended', async () => {
    const { ask, requests } = await prepare({ status: 'COMPLETED', webhookUrl, webhookStatus: 'failed' });
    const attempt = { ...refused, round: 1, attempt: 1, retryAt: after(5).toISOString() };
    await requests.recordDelivery(makeRequest(), attempt);
    expect((await ask()).webhook).toMatchObject({ status: 'failed', attempts: [attempt] });
  });

  test('shows an attempt that was recorded before there were rounds', async () => {
    const { ask, table } = await prepare({ status: 'COMPLETED', webhookUrl, webhookStatus: 'failed' });
    await table.put({ pk: `REQ#${REQUEST_ID}`, sk: 'WEBHOOK#0000001#0000001', ...refused, attempt: 1 });
    expect((await ask()).webhook!.attempts).toEqual([{ ...refused, attempt: 1, round: 1 }]);
  });

  test('shows the latest hundred attempts, however often it was delivered again', async () => {
    const { ask, requests } = await prepare({ status: 'COMPLETED', webhookUrl, webhookStatus: 'failed' });
    for (let attempt = 1; attempt <= 120; attempt++) {
      await requests.recordDelivery(makeRequest(), { ...refused, round: attempt, attempt, retryAt: null });
    }
    const { attempts } = (await ask()).webhook!;
    expect([attempts.length, attempts[0]!.attempt, attempts.at(-1)!.attempt]).toEqual([100, 21, 120]);
  });

  test('is null when nobody is to be told', async () => {
    expect((await (await prepare()).ask()).webhook).toBeNull();
  });
});

test('a presigned upload shows until when its file may come, and only while it waits', async () => {
  const uploadUntil = after(3600).toISOString();
  expect((await (await prepare({ status: 'AWAITING_FILE', uploadUntil })).ask()).expiresAt).toBe(uploadUntil);
  expect((await (await prepare({ status: 'RECEIVED', uploadUntil })).ask()).expiresAt).toBeNull();
});

test('a foreign request is as unknown as one that never was', async () => {
  const { deps } = await prepare({ owner: 'acme' });
  const ask = (requestId: string) =>
    requestStatus({ requestId, owner: 'default' }, { ...deps, links: linksUnder('https://api.example') });
  const foreign = await ask(REQUEST_ID).catch((error: unknown) => error);
  const unknown = await ask('01K6XJ5T3N8Z4QW2V7YBCDEFGJ').catch((error: unknown) => error);
  expect(foreign).toMatchObject({ name: 'Problem', code: 'not_found' });
  expect(unknown).toEqual(foreign);
});

describe('products', () => {
  /** 205 pages of two products, the second of every tenth page failed. */
  async function withProducts() {
    const world = await prepare({ totals: { ...totals, products: 410, pages: 205, groups: 3 } });
    for (let page = 0; page < 205; page++) {
      const second = page % 10 === 0 ? imageFailed('timeout') : imageDone();
      const endings = makeEndings([
        [2 * page, makeRecord(2 * page, [imageDone()])],
        [2 * page + 1, makeRecord(2 * page + 1, [second])],
      ]);
      await world.pages.settle(RUN, page, { endings, expiresAt: 1 });
    }
    return world;
  }

  async function everything(ask: Awaited<ReturnType<typeof prepare>>['ask'], only: 'all' | 'failed', limit: number) {
    const found: string[] = [];
    const sizes: number[] = [];
    for (let fromPage: number | null = 0; fromPage !== null;) {
      const { items, nextCursor } = await ask({ only, fromPage, limit });
      found.push(...items!.map(({ serial_number }) => serial_number));
      sizes.push(items!.length);
      fromPage = typeof nextCursor === 'string' ? Number(nextCursor) : null;
    }
    return { found, sizes };
  }

  test('come in the order of the file, through cursors, across groups', async () => {
    const { ask } = await withProducts();
    const { found, sizes } = await everything(ask, 'all', 99);
    expect(found).toEqual(Array.from({ length: 410 }, (_, index) => String(index + 1)));
    expect(sizes).toEqual([100, 100, 100, 100, 10]);
  });

  test('can be only those that failed', async () => {
    const { ask } = await withProducts();
    const { found } = await everything(ask, 'failed', 4);
    expect(found).toEqual(Array.from({ length: 21 }, (_, at) => String(20 * at + 2)));
  });

  test('can be narrowed to some ends', async () => {
    const { ask } = await withProducts();
    const byStatus = async (only: 'all' | 'failed', ...statuses: ProductStatus[]) =>
      (await ask({ only, statuses, fromPage: 0, limit: 1000 })).items!.length;
    expect(await byStatus('all', 'FAILED')).toBe(21);
    expect(await byStatus('all', 'FAILED', 'COMPLETED')).toBe(410);
    expect(await byStatus('failed', 'COMPLETED')).toBe(0);
    expect(await byStatus('all', 'CANCELLED')).toBe(0);
  });

  test('are left out of the answer unless asked for', async () => {
    const { ask } = await withProducts();
    expect(await ask()).not.toHaveProperty('items');
  });

  test('show each image with its address, its outcome and nothing undefined', async () => {
    const { ask } = await withProducts();
    const { items } = await ask({ only: 'all', fromPage: 0, limit: 2 });
    expect(items!.map(({ images }) => images[0])).toEqual([
      {
        ...{ url: 'https://shop.example/0/0.jpg', outputUrl: 'https://images.example/0-1.jpg' },
        ...{ code: null, message: null, httpStatus: null, warnings: [] },
        ...{ bytesIn: 100, bytesOut: 50, format: 'jpeg', width: 10, height: 10 },
      },
      {
        ...{ url: 'https://shop.example/1/0.jpg', outputUrl: null },
        ...{ code: 'timeout', message: 'It was timeout.', httpStatus: null, warnings: [] },
        ...{ bytesIn: 0, bytesOut: 0, format: null, width: null, height: null },
      },
    ]);
  });

  test('behind the last page there are none', async () => {
    const { ask } = await withProducts();
    expect(await ask({ only: 'all', fromPage: 1e9, limit: 5 })).toMatchObject({ items: [], nextCursor: null });
  });
});

describe('a retry', () => {
  const TROUBLES = { '/1/1': 'not_found', '/3/': 'timeout' } as const;

  /** Five products of 1, 2, 1, 2 and 3 images; three images failed, and are tried again with nothing done yet. */
  async function retried() {
    const journey = await beginJourney([1, 2, 1, 2, 3], TROUBLES);
    await journey.deliver.all();
    const first = await journey.status({ only: 'all', fromPage: 0, limit: 100 });
    await journey.retry();
    return { ...journey, first };
  }

  test('shows its own percent and rate, while images that were done before stay compressed', async () => {
    const journey = await retried();
    const seen = [journey.first, await journey.status()];
    await journey.deliver.ingest(journey.queues.ingest.sent.splice(0)[0]!);
    seen.push(await journey.status());
    for (const part of Object.keys(journey.hosts)) Reflect.deleteProperty(journey.hosts, part);
    for (const page of journey.queues.pages.sent.splice(0)) {
      await journey.deliver.page(page);
      seen.push(await journey.status());
    }
    await journey.deliver.all();
    seen.push(await journey.status());
    expect(seen.map(({ status }) => status)).toEqual([
      ...['COMPLETED_WITH_ERRORS', 'RECEIVED', 'PROCESSING', 'PROCESSING', 'PROCESSING', 'COMPLETED'],
    ]);
    expect(seen.map(({ images }) => images.compressed)).toEqual([6, 6, 6, 7, 9, 9]);
    expect(seen.map(({ images }) => images.pending)).toEqual([0, 0, 3, 2, 0, 0]);
    expect(seen.map(({ progress }) => progress.percent)).toEqual([100, 0, 0, 33.3, 99.9, 100]);
    expect(seen.map(({ bytes }) => bytes.in)).toEqual(seen.map(({ bytes }) => bytes.in).toSorted((a, b) => a - b));
    expect(seen.at(-1)).toMatchObject({ failures: {}, generation: 2, products: { completed: 5, pending: 0 } });
  });

  test('counts its rate from its own beginning', async () => {
    const retry = { at: after(1_000).toISOString() };
    const run = { products: 50, images: 60, pages: 50, groups: 1 };
    const counts = { imagesCompressed: 270, productsCompleted: 270 };
    const { ask } = await prepare({ generation: 2, totals, retry, retryTotals: run, counts });
    expect((await ask(undefined, 1_010)).progress).toEqual({ percent: 50, imagesPerSecond: 3, secondsLeft: 10 });
  });

  test('that was given up has no rate: what stands was done before it', async () => {
    const times = { retry: { at: after(1_000).toISOString() }, finishedAt: after(1_060).toISOString() };
    const run = {
      generation: 2,
      retryTotals: { products: 50, images: 60, pages: 50, groups: 1 },
      voidRuns: new Set([2]),
    };
    const earlier = { run: 2, counts: { imagesCompressed: 240, imagesFailed: 60 } };
    const { ask } = await prepare({ ...times, ...run, status: 'FAILED', totals, earlier });
    expect((await ask()).progress).toEqual({ percent: 100, imagesPerSecond: 0, secondsLeft: null });
  });

  test('lists every product once, as its latest run left it, at any time', async () => {
    const journey = await retried();
    const codes = async (only: 'all' | 'failed') => {
      const found: unknown[] = [];
      for (let fromPage: string | null | undefined = '0'; typeof fromPage === 'string';) {
        const view: StatusView = await journey.status({ only, fromPage: Number(fromPage), limit: 1 });
        found.push(...view.items!.map(({ row, images }) => [row, ...images.map(({ code }) => code)]));
        fromPage = view.nextCursor;
      }
      return found;
    };
    const before = [
      [2, null],
      [3, null, 'not_found'],
      [4, null],
      [5, 'timeout', 'timeout'],
      [6, null, null, null],
    ];
    expect(await codes('all')).toEqual(before);
    await journey.deliver.ingest(journey.queues.ingest.sent.splice(0)[0]!);
    expect(await codes('all')).toEqual(before);
    delete journey.hosts['/1/1'];
    await journey.deliver.page(journey.queues.pages.sent.splice(0, 1)[0]!);
    expect(await codes('failed')).toEqual([[5, 'timeout', 'timeout']]);
    journey.hosts['/3/1'] = 'forbidden';
    delete journey.hosts['/3/'];
    await journey.deliver.all();
    expect(await codes('all')).toEqual([
      [2, null],
      [3, null, null],
      [4, null],
      [5, null, 'forbidden'],
      [6, null, null, null],
    ]);
    expect((await journey.status({ only: 'failed', fromPage: 0, limit: 9 })).items).toMatchObject([
      { status: 'PARTIAL' },
    ]);
  });
});
