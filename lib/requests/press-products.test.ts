import { setImmediate as turns } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { deliveriesOf } from '../../tests/fakes/deliveries.ts';
import { makeProduct, makeRequest, REQUEST_ID, RUN } from '../../tests/fakes/make-request.ts';
import { pageDelivery } from '../../tests/fakes/page-delivery.ts';
import { makeWorld } from '../../tests/fakes/world.ts';
import { ImageError } from '../images/image-error.ts';
import { buryPage } from './bury-messages.ts';
import { compressPage } from './compress-page.ts';
import type { PageMessage } from './messages.ts';
import { ProcessStuck, RetryLater } from './retry-later.ts';

const page = (images: number[]): PageMessage => ({
  requestId: REQUEST_ID,
  generation: 1,
  page: 0,
  pagesInGroup: 1,
  products: images.map((count, index) => makeProduct(index, count)),
  again: false,
});

/** A world in which some images end the process that works on them: nothing of it goes on then. */
async function prepare(killers: string[] = [], failing: string[] = []) {
  const down = new Set(failing);
  const world = makeWorld({
    host: (url) => ([...down].some((part) => url.includes(part)) ? new ImageError('timeout') : 100),
  });
  await world.requests.create(makeRequest());
  const begun: string[] = [];
  let [atOnce, mostAtOnce] = [0, 0];

  /** Resolves with what became of the delivery. */
  async function deliver(message: PageMessage, attempt: number, signal = new AbortController().signal) {
    const death = Promise.withResolvers<'died'>();
    begun.length = 0;
    [atOnce, mostAtOnce] = [0, 0];
    const fetchImage: typeof world.deps.fetchImage = async (url, ...rest) => {
      begun.push(new URL(url).pathname);
      atOnce += 1;
      mostAtOnce = Math.max(mostAtOnce, atOnce);
      const isKiller = killers.some((killer) => url.includes(killer));
      if (isKiller) {
        death.resolve('died');
        await new Promise(() => undefined);
      }
      return await world.deps.fetchImage(url, ...rest).finally(() => void (atOnce -= 1));
    };
    const work = compressPage(message, pageDelivery(attempt, { signal }), { ...world.deps, fetchImage });
    return await Promise.race([work.then(() => 'done').catch((error: unknown) => error), death.promise]);
  }

  const records = async () => [...((await world.pages.get(RUN, 0))?.products.values() ?? [])];
  return {
    ...world,
    down,
    deliver,
    mostAtOnce: () => mostAtOnce,
    paths: () => [...begun],
    outcomes: async () =>
      (await records()).map(({ serial_number, images }) => [
        serial_number,
        ...images.map((image) => ('code' in image ? image.code : 'ok')),
      ]),
    records,
  };
}

describe('a page whose last delivery died', () => {
  test('is done one image after another, each product settled as soon as it has ended', async () => {
    const { deliver, mostAtOnce, paths, outcomes } = await prepare(['/2/1']);
    expect(await deliver(page([1, 2, 2]), 1)).toBe('died');
    expect(mostAtOnce()).toBe(5);
    expect(await outcomes()).toEqual([]);
    expect(await deliver(page([1, 2, 2]), 2)).toBe('died');
    expect(mostAtOnce()).toBe(1);
    expect(paths()).toEqual(['/0/0.jpg', '/1/0.jpg', '/1/1.jpg', '/2/0.jpg', '/2/1.jpg']);
    expect(await outcomes()).toEqual([
      ['1', 'ok'],
      ['2', 'ok', 'ok'],
    ]);
  });

  test('fetches nothing again that had ended, and comes to the image that it died of last', async () => {
    const { deliver, paths } = await prepare(['/1/0']);
    const message = page([1, 3, 1]);
    await deliver(message, 1);
    await deliver(message, 2);
    expect(paths()).toEqual(['/0/0.jpg', '/1/0.jpg']);
    await deliver(message, 3);
    expect(paths()).toEqual(['/1/1.jpg', '/1/2.jpg', '/2/0.jpg', '/1/0.jpg']);
    await deliver(message, 4);
    expect(paths()).toEqual(['/1/0.jpg']);
  });

  test.each([
    [
      'one image',
      ['/1/0'],
      [
        ['1', 'ok'],
        ['2', 'gave_up', 'ok', 'ok'],
        ['3', 'ok'],
      ],
    ],
    [
      'two images',
      ['/0/0', '/1/1'],
      [
        ['1', 'gave_up'],
        ['2', 'ok', 'gave_up', 'ok'],
        ['3', 'ok'],
      ],
    ],
    [
      'two images of one product',
      ['/1/0', '/1/1'],
      [
        ['1', 'ok'],
        ['2', 'gave_up', 'gave_up', 'ok'],
        ['3', 'ok'],
      ],
    ],
    [
      'the last image',
      ['/2/0'],
      [
        ['1', 'ok'],
        ['2', 'ok', 'ok', 'ok'],
        ['3', 'gave_up'],
      ],
    ],
  ])('gives up only %s that killed every delivery', async (_name, killers, expected) => {
    const { deliver, deps, outcomes, queues, pages } = await prepare(killers);
    const message = page([1, 3, 1]);
    for (let attempt = 1; attempt <= 4; attempt++) expect(await deliver(message, attempt)).toBe('died');
    await buryPage(message, deps);
    expect((await outcomes()).toSorted()).toEqual(expected);
    expect((await pages.get(RUN, 0))?.drafts.size).toBe(0);
    expect(queues.finish.sent).toHaveLength(1);
  });

  test('tells how often the image was tried that was given up', async () => {
    const { deliver, deps, records } = await prepare(['/0/0']);
    for (let attempt = 1; attempt <= 4; attempt++) await deliver(page([1]), attempt);
    await buryPage(page([1]), deps);
    expect((await records())[0]!.images).toEqual([
      { code: 'gave_up', message: expect.stringContaining('tried 3 times'), httpStatus: null },
    ]);
  });

  test('settles first what needs no image', async () => {
    const { deliver, outcomes } = await prepare(['/0/0']);
    const message = page([1, 0]);
    await deliver(message, 1);
    await deliver(message, 2);
    expect(await outcomes()).toEqual([['2']]);
  });

  test('does not take an image for a killer that only failed', async () => {
    const { deliver, pages, paths } = await prepare(['/2/0'], ['/0/0']);
    const message = page([1, 1, 1]);
    await deliver(message, 1);
    await deliver(message, 2);
    expect((await pages.get(RUN, 0))?.drafts).toEqual(
      new Map([
        [0, [null]],
        [2, [1]],
      ]),
    );
    await deliver(message, 3);
    expect(paths()).toEqual(['/0/0.jpg', '/2/0.jpg']);
  });

  test('is done all at once again when it was given back in order meanwhile', async () => {
    const killers = ['/1/0'];
    const { deliver, mostAtOnce, down } = await prepare(killers, ['/0/']);
    const message = page([2, 1]);
    await deliver(message, 1);
    killers.length = 0;
    expect(await deliver(message, 2)).toMatchObject({ name: 'RetryLater', seconds: 60 });
    expect(mostAtOnce()).toBe(1);
    down.clear();
    expect(await deliver(message, 3)).toBe('done');
    expect(mostAtOnce()).toBe(2);
  });

  test('over a message that it was passed on by, is known to have died', async () => {
    const world = await prepare(['/0/1']);
    await deliveriesOf(world, { imagesMost: () => 1 }).page(page([4]));
    const [passedOn] = world.queues.pages.sent;
    expect(await world.deliver(passedOn!, 1)).toBe('died');
    expect(await world.deliver(passedOn!, 2)).toBe('died');
    expect(world.mostAtOnce()).toBe(1);
    expect(world.paths()).toEqual(['/0/1.jpg']);
  });

  test('begins no image any more when the time is up, and passes the page on with the rest', async () => {
    const { deliver, pages, paths, deps, queues } = await prepare(['/0/0']);
    const message = page([1, 1, 1]);
    await deliver(message, 1);
    await deliver(message, 2);
    const timeUp = new AbortController();
    const put = deps.images.put.bind(deps.images);
    deps.images.put = async (...parameters) => {
      await put(...parameters);
      timeUp.abort(new DOMException('The time is up.', 'TimeoutError'));
    };
    expect(await deliver(message, 3, timeUp.signal)).toBe('done');
    expect(paths()).toEqual(['/1/0.jpg']);
    expect((await pages.get(RUN, 0))?.drafts).toEqual(new Map([[0, [1]]]));
    expect(queues.pages.sent).toEqual([{ ...message, again: true, tried: 2 }]);
  });

  test('does not take an image for a killer that the time cut off', async () => {
    const { deps, pages } = await prepare();
    const timeUp = new AbortController();
    const fetchImage: typeof deps.fetchImage = (_url, signal) => {
      timeUp.abort(new DOMException('The time is up.', 'TimeoutError'));
      return Promise.reject(signal.reason as Error);
    };
    const work = compressPage(page([3]), pageDelivery(2, { signal: timeUp.signal }), { ...deps, fetchImage });
    await expect(work).rejects.toBeInstanceOf(RetryLater);
    expect((await pages.get(RUN, 0))?.drafts.get(0)).toEqual([null, null, null]);
  });
});

test('a page that was given back in order is done all at once', async () => {
  const { deliver, mostAtOnce } = await prepare([], ['/0/']);
  const message = page([3, 1]);
  await deliver(message, 1);
  await deliver(message, 2);
  expect(mostAtOnce()).toBe(3);
});

describe('an image that never comes back', () => {
  const HANGING = 666;

  async function hang(hanging: string[]) {
    const isHanging = (url: string) => hanging.some((part) => url.includes(part));
    const world = makeWorld({ host: (url) => (isHanging(url) ? HANGING : 100) });
    await world.requests.create(makeRequest());
    const compress: typeof world.deps.compress = (bytes, ...rest) =>
      bytes.length === HANGING ? new Promise(() => undefined) : world.deps.compress(bytes, ...rest);
    const deliver = async (message: PageMessage, attempt: number) => {
      world.fetched.length = 0;
      const [timeUp, overdue] = [new AbortController(), new AbortController()];
      const delivery = pageDelivery(attempt, { signal: timeUp.signal, overdue: overdue.signal });
      const ending = compressPage(message, delivery, { ...world.deps, compress }).catch((error: unknown) => error);
      await turns();
      timeUp.abort(new DOMException('The time is up.', 'TimeoutError'));
      await turns();
      overdue.abort();
      return await ending;
    };
    const paths = () => world.fetched.map((url) => new URL(url).pathname);
    return { ...world, deliver, paths };
  }

  test('holds up nobody: all others are settled or kept, and the page is given back for another process', async () => {
    const { deliver, pages } = await hang(['/1/0']);
    const reason = await deliver(page([1, 2, 1]), 1);
    expect(reason).toBeInstanceOf(ProcessStuck);
    expect(reason).toMatchObject({ seconds: 15 });
    const left = await pages.get(RUN, 0);
    expect([...left!.products.keys()]).toEqual([0, 2]);
    expect(left!.drafts).toEqual(new Map([[1, [null, expect.objectContaining({ format: 'jpeg' })]]]));
    expect(left!.returned).toBeUndefined();
  });

  test('is tried alone then, behind all others, and costs only itself', async () => {
    const { deliver, deps, paths, pages } = await hang(['/0/0', '/1/0']);
    const message = page([2, 1, 1]);
    await deliver(message, 1);
    const alone: string[][] = [];
    for (let attempt = 2; attempt <= 4; attempt++) {
      await deliver(message, attempt);
      alone.push(paths());
    }
    expect(alone).toEqual([['/0/0.jpg'], ['/1/0.jpg'], ['/0/0.jpg']]);
    await buryPage(message, deps);
    const { products } = (await pages.get(RUN, 0))!;
    expect([...products.values()]).toMatchObject([
      { images: [{ code: 'gave_up' }, { format: 'jpeg' }] },
      { images: [{ code: 'gave_up' }] },
      { images: [{ format: 'jpeg' }] },
    ]);
  });

  test('whatever heeds the signal is no reason to end the process', async () => {
    const { deps, requests } = makeWorld();
    await requests.create(makeRequest());
    const timeUp = new AbortController();
    const fetchImage: typeof deps.fetchImage = (_url, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    const delivery = pageDelivery(1, { signal: timeUp.signal });
    const ending = compressPage(page([2]), delivery, { ...deps, fetchImage }).catch((error: unknown) => error);
    await turns();
    timeUp.abort(new DOMException('The time is up.', 'TimeoutError'));
    expect(await ending).toBeInstanceOf(RetryLater);
    expect(await ending).not.toBeInstanceOf(ProcessStuck);
  });
});
