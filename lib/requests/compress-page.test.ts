import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { deliveriesOf } from '../../tests/fakes/deliveries.ts';
import { makeProduct, makeRequest, REQUEST_ID, RUN } from '../../tests/fakes/make-request.ts';
import { makeWorld, type Host, type World } from '../../tests/fakes/world.ts';
import { createImageFetcher, type FetchImage } from '../images/fetch-image.ts';
import { createByteGate } from '../images/gate.ts';
import { ImageError } from '../images/image-error.ts';
import type { Outbound } from '../outbound/outbound.ts';
import { buryPage } from './bury-messages.ts';
import { compressPage, endPage, type PageDeps } from './compress-page.ts';
import type { PageMessage } from './messages.ts';
import type { Request } from './request.ts';
import { RetryLater } from './retry-later.ts';
import { pageDelivery } from '../../tests/fakes/page-delivery.ts';

const message = (images: number[], fields: Partial<PageMessage> = {}): PageMessage => ({
  requestId: REQUEST_ID,
  generation: 1,
  page: 0,
  pagesInGroup: 1,
  products: images.map((count, index) => makeProduct(index, count)),
  again: false,
  ...fields,
});

async function prepare(host?: Host, fields: Partial<Request> = {}) {
  const world = makeWorld({ ...(host && { host }) });
  await world.requests.create(makeRequest(fields));
  const run = (page: PageMessage, attempt = 1, deps: Partial<PageDeps> = {}) =>
    compressPage(page, pageDelivery(attempt), { ...world.deps, ...deps });
  const records = async () => [...((await world.pages.get(RUN, 0))?.products.values() ?? [])];
  return { ...world, run, records };
}

class Killed extends Error {}

const PNG = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(100)]);

const failing =
  (code: 'timeout' | 'not_found', ...urls: string[]): Host =>
  (url) =>
    urls.some((part) => url.includes(part)) ? new ImageError(code) : 100;

test('every image is stored under its own key and every product is settled', async () => {
  const { run, records, images } = await prepare();
  await run(message([1, 2]));
  expect([...images.stored.keys()].toSorted()).toEqual([
    `${REQUEST_ID}/0-1.jpg`,
    `${REQUEST_ID}/1-1.jpg`,
    `${REQUEST_ID}/1-2.jpg`,
  ]);
  expect(await records()).toMatchObject([
    { serial_number: '1', status: 'COMPLETED', output_urls: [`https://images.example/${REQUEST_ID}/0-1.jpg`] },
    { serial_number: '2', status: 'COMPLETED', images: [{ bytesIn: 100, bytesOut: 50 }, {}] },
  ]);
});

test('a product with row errors ends as FAILED without a fetch', async () => {
  const { run, records, fetched } = await prepare();
  const error = { row: 2, column: null, code: 'no_images', value: '', message: 'The row has no image URL.' };
  await run(message([], { products: [{ ...makeProduct(0, 0), errors: [error] }] }));
  expect(fetched).toEqual([]);
  expect(await records()).toMatchObject([{ status: 'FAILED', errors: [{ code: 'no_images' }] }]);
});

test('what will never succeed ends its image at once; its neighbours are not disturbed', async () => {
  const { run, records } = await prepare(failing('not_found', '/0/1'));
  await run(message([2, 1]));
  expect(await records()).toMatchObject([
    { status: 'PARTIAL', output_urls: [expect.stringMatching(/^https/), ''], images: [{}, { code: 'not_found' }] },
    { status: 'COMPLETED' },
  ]);
});

test('what a stranger’s server says is kept in short', async () => {
  const host = () => new ImageError('not_found', { message: 'x'.repeat(5_000), httpStatus: 404 });
  const { run, records } = await prepare(host);
  await run(message([1]));
  expect((await records())[0]!.images).toEqual([{ code: 'not_found', message: 'x'.repeat(200), httpStatus: 404 }]);
});

describe('an image that may still succeed', () => {
  test('asks for the page again, with what is done kept as a draft', async () => {
    const { run, records, pages } = await prepare(failing('timeout', '/1/1'));
    await expect(run(message([1, 2]))).rejects.toMatchObject({ name: 'RetryLater', seconds: 15 });
    expect((await records()).map(({ serial_number }) => serial_number)).toEqual(['1']);
    const page = await pages.get(RUN, 0);
    expect(page?.drafts.get(1)).toEqual([expect.objectContaining({ format: 'jpeg' }), null]);
  });

  test('is the only one that the next delivery fetches', async () => {
    let down = true;
    const { run, records, pages, fetched } = await prepare((url) =>
      down && url.includes('/1/1') ? new ImageError('timeout') : 100,
    );
    await expect(run(message([1, 2]))).rejects.toThrow();
    fetched.length = 0;
    down = false;
    await run(message([1, 2]), 2);
    expect(fetched).toEqual(['https://shop.example/1/1.jpg']);
    expect((await records()).map(({ status }) => status)).toEqual(['COMPLETED', 'COMPLETED']);
    expect((await pages.get(RUN, 0))?.drafts.size).toBe(0);
  });

  test('leaves no empty draft, only that the page was given back in order', async () => {
    const { run, pages } = await prepare(failing('timeout', '/0/'));
    await expect(run(message([2]))).rejects.toThrow();
    expect(await pages.get(RUN, 0)).toMatchObject({ settled: 0, drafts: new Map(), returned: 1 });
  });

  test('does not bring the page back when another delivery has settled its product meanwhile', async () => {
    const { run, records, deps } = await prepare(failing('timeout', '/0/'));
    const fetchImage: typeof deps.fetchImage = async (...parameters) => {
      await endPage({ message: message([1]), request: makeRequest(), code: 'gave_up' }, deps);
      return await deps.fetchImage(...parameters);
    };
    await run(message([1]), 1, { fetchImage });
    expect(await records()).toMatchObject([{ images: [{ code: 'gave_up' }] }]);
  });

  test('ends with its code at the last delivery', async () => {
    const { run, records } = await prepare(failing('timeout', '/0/0'));
    await expect(run(message([2]), 2)).rejects.toMatchObject({ seconds: 60 });
    await run(message([2]), 3);
    expect(await records()).toMatchObject([{ status: 'PARTIAL', images: [{ code: 'timeout' }, {}] }]);
  });

  test.each([
    ['the longest wait that a server asks for', 40_500, 41],
    ['at most a quarter of an hour', 86_400_000, 900],
    ['its own pause, when that is longer', 2_000, 15],
  ])('waits %s', async (_name, retryAfterMs, seconds) => {
    const { run } = await prepare(() => new ImageError('rate_limited', { retryAfterMs }));
    await expect(run(message([1, 1]))).rejects.toMatchObject({ name: 'RetryLater', seconds });
  });
});

describe('a page with more images than there is time for', () => {
  /** Delivers whatever is in the queue, each delivery with time for so many images, until nothing is left or it is buried. */
  const deliverAll = (page: PageMessage, most: number, host?: Host) =>
    deliverEach(page, (world) => deliveriesOf(world, { imagesMost: () => most }).page, host);

  type Deliver = (page: PageMessage, attempt: number) => Promise<void>;
  async function deliverEach(page: PageMessage, delivering: (world: World) => Deliver, host?: Host) {
    const world = makeWorld({ ...(host && { host }) });
    await world.requests.create(makeRequest());
    world.queues.pages.sent.push(page);
    const deliver = delivering(world);
    const receives: number[] = [];
    for (let next = world.queues.pages.sent.shift(); next; next = world.queues.pages.sent.shift()) {
      let attempt = 1;
      while (attempt <= MOST_RECEIVES && !(await ended(deliver(next, attempt)))) attempt += 1;
      receives.push(attempt);
      if (attempt > MOST_RECEIVES) await buryPage(next, world.deps);
    }
    const records = [...((await world.pages.get(RUN, 0))?.products.values() ?? [])];
    const codes = records.flatMap(({ images }) => images.map((image) => ('code' in image ? image.code : 'ok')));
    return { ...world, receives, codes };
  }
  const MOST_RECEIVES = 4;
  const ended = (delivery: Promise<void>) =>
    delivery.then(
      () => true,
      (error: unknown) => {
        if (!(error instanceof Killed)) expect(error).toBeInstanceOf(RetryLater);
        return false;
      },
    );

  test('is passed on until all of it is done, however often that is, and nothing is fetched twice', async () => {
    const { receives, codes, fetched, queues } = await deliverAll(message([30, 10]), 3);
    expect(receives).toEqual(Array.from({ length: 14 }, () => 1));
    expect(codes).toEqual(Array.from({ length: 40 }, () => 'ok'));
    expect(new Set(fetched).size).toBe(fetched.length);
    expect(new Set(queues.pages.delays)).toEqual(new Set([0]));
  });

  test('and none of which comes has all its tries, then each ends by what it failed with', async () => {
    const { codes, receives, fetched } = await deliverAll(message([10]), 3, () => new ImageError('timeout'));
    expect(codes).toEqual(Array.from({ length: 10 }, () => 'timeout'));
    // Two tries in which nothing ended; from the last one on each delivery ends three.
    expect(receives).toEqual([3, 1, 1, 1]);
    expect(new Set(fetched).size).toBe(10);
  });

  test('waits for what may be had later as long as without that', async () => {
    const { queues, codes } = await deliverAll(message([4]), 2, (url) =>
      url.includes('/0/0') ? new ImageError('timeout') : 100,
    );
    expect(codes).toEqual(['timeout', 'ok', 'ok', 'ok']);
    expect(queues.pages.delays).toEqual([15, 15]);
  });

  test('is given up when not one of them ends in all its deliveries', async () => {
    const { receives, codes } = await deliverAll(message([2]), 0);
    expect(receives).toEqual([MOST_RECEIVES + 1]);
    expect(codes).toEqual(['gave_up', 'gave_up']);
  });

  test('of a host that fails late ends each by what it failed with, and all have their turn', async () => {
    const isBad = (url: string) => Number(/(\d+)\.jpg$/.exec(url)?.[1]) < 10;
    const asked = new Set<string>();
    const deliverInTime =
      ({ deps }: World): Deliver =>
      (page, attempt) => {
        const timeUp = new AbortController();
        let requests = 0;
        const request: Outbound['request'] = async ({ url, signal }) => {
          signal.throwIfAborted();
          asked.add(url);
          // There is time for five of them; the sixth is cut off.
          if (++requests > 5) timeUp.abort(new DOMException('The time is up.', 'TimeoutError'));
          await Promise.resolve();
          signal.throwIfAborted();
          const discard = () => Promise.resolve();
          const status = isBad(url) ? 503 : 200;
          return { status, headers: {}, url, body: Readable.from([PNG]), discard };
        };
        const fetchImage = createImageFetcher({
          outbound: { request, close: () => Promise.resolve() },
          reserve: createByteGate(1_000_000),
          maxBytes: 1_000,
          timeoutMs: 60_000,
          connectionsPerHost: 2,
          sleep: () => Promise.resolve(),
        });
        return compressPage(page, pageDelivery(attempt, { signal: timeUp.signal }), { ...deps, fetchImage });
      };
    const { codes, receives } = await deliverEach(message([16]), deliverInTime);
    expect(codes).toEqual(Array.from({ length: 16 }, (_, slot) => (slot < 10 ? 'http_error' : 'ok')));
    expect(asked.size).toBe(16);
    expect(Math.max(...receives)).toBeLessThanOrEqual(3);
  });

  test('begins with all others than the one that killed, however often it is passed on', async () => {
    const log: string[] = [];
    const deliverUntilDead =
      ({ deps }: World): Deliver =>
      (page, attempt) => {
        const timeUp = new AbortController();
        const death = Promise.withResolvers<never>();
        let [left, isDead] = [3, false];
        const fetchImage: FetchImage = (url, signal) => {
          if (--left < 0) timeUp.abort(new DOMException('The time is up.', 'TimeoutError'));
          if (signal.aborted) return Promise.reject(signal.reason as Error);
          if (!isDead && !url.includes('/0/0')) return deps.fetchImage(url, signal);
          isDead = true;
          death.reject(new Killed());
          return new Promise(() => undefined);
        };
        const delivery = pageDelivery(attempt, { signal: timeUp.signal });
        const work = Promise.race([death.promise, compressPage(page, delivery, { ...deps, fetchImage })]);
        return work.finally(() => log.push(isDead ? 'killed' : 'ok'));
      };
    const { codes } = await deliverEach(message(Array.from({ length: 13 }, () => 1)), deliverUntilDead);
    expect(codes).toEqual(['gave_up', ...Array.from({ length: 12 }, () => 'ok')]);
    // At once with the others, as the first of them, and, when they are done, as the last: in all its deliveries.
    expect(log).toEqual(['killed', 'killed', 'ok', 'ok', 'ok', 'ok', 'killed', 'killed', 'killed', 'killed']);
  });

  test('is not passed on over trouble of our own', async () => {
    const { deps, images, queues, requests } = makeWorld();
    await requests.create(makeRequest());
    const timeUp = new AbortController();
    const put: typeof images.put = (key, ...rest) => {
      timeUp.abort(new DOMException('The time is up.', 'TimeoutError'));
      return key.includes('/0-2') ? Promise.reject(new Error('S3 is down')) : images.put(key, ...rest);
    };
    const fetchImage: typeof deps.fetchImage = (url, signal) =>
      url.includes('/0/3')
        ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
        : deps.fetchImage(url, signal);
    const delivery = pageDelivery(1, { signal: timeUp.signal });
    const broken = Object.assign(Object.create(images) as typeof images, { put });
    const work = compressPage(message([4]), delivery, { ...deps, images: broken, fetchImage });
    await expect(work).rejects.toThrow('S3 is down');
    expect(queues.pages.sent).toEqual([]);
  });
});

test('trouble of our own comes up as it is, after the neighbours were settled', async () => {
  const { run, records, pages, images } = await prepare(failing('timeout', '/2/'));
  const put: typeof images.put = (key, ...rest) =>
    key.includes('/1-2') ? Promise.reject(new Error('S3 is down')) : images.put(key, ...rest);
  const broken = Object.assign(Object.create(images) as typeof images, { put });
  await expect(run(message([1, 2, 1]), 1, { images: broken })).rejects.toThrow('S3 is down');
  expect((await records()).map(({ serial_number }) => serial_number)).toEqual(['1']);
  expect((await pages.get(RUN, 0))?.drafts.get(1)).toEqual([expect.anything(), null]);
});

test('trouble of our own is never the end of an image, not even at the last delivery', async () => {
  const { run, records } = await prepare();
  const fetchImage = () => Promise.reject(new Error('out of time'));
  await expect(run(message([1]), 9, { fetchImage })).rejects.toThrow('out of time');
  expect(await records()).toEqual([]);
});

test('a page that may have been sent before is looked up before anything is fetched', async () => {
  const { run, fetched } = await prepare();
  await run(message([1, 1]));
  fetched.length = 0;
  await run(message([1, 1], { again: true }));
  expect(fetched).toEqual([]);
});

test('a page of a cancelled request fetches nothing; what is done of it is kept', async () => {
  const { run, records, fetched, table } = await prepare(failing('timeout', '/0/1'));
  await expect(run(message([2, 1, 1]))).rejects.toThrow();
  fetched.length = 0;
  table.items.get(`REQ#${REQUEST_ID} REQUEST`)!.status = 'CANCELLED';
  await run(message([2, 1, 1]), 2);
  expect(fetched).toEqual([]);
  expect(await records()).toMatchObject([
    { status: 'PARTIAL', images: [{ format: 'jpeg' }, { code: 'cancelled' }] },
    { status: 'COMPLETED' },
    { status: 'COMPLETED' },
  ]);
});

test('a product of which nothing was done when it was cancelled is CANCELLED', async () => {
  const { run, records } = await prepare(undefined, { status: 'CANCELLED' });
  await run(message([2]));
  expect(await records()).toMatchObject([{ status: 'CANCELLED', images: [{ code: 'cancelled' }, {}] }]);
});

test.each<[string, Partial<Request>]>([
  ['COMPLETED', { status: 'COMPLETED' }],
  ['COMPLETED_WITH_ERRORS', { status: 'COMPLETED_WITH_ERRORS' }],
])('a late duplicate of a page does nothing to a request that is %s', async (_name, fields) => {
  const { run, fetched, table } = await prepare(undefined, fields);
  await run(message([1]));
  expect(fetched).toEqual([]);
  expect(table.items.size).toBe(1);
});

test('a page without trouble costs as few calls as can be', async () => {
  const calls: string[] = [];
  const world = makeWorld({
    fault: (call, moment) => {
      if (moment === 'before') calls.push(call);
    },
  });
  await world.requests.create(makeRequest());
  calls.length = 0;
  await compressPage(message([1, 2]), pageDelivery(), world.deps);
  const walk = ['update', 'update', 'update', 'send'];
  expect(calls).toEqual(['get', 'put', 'put', 'put', ...walk]);
});
