import { describe, expect, test } from 'vitest';
import { beginJourney } from '../../tests/fakes/journey.ts';
import { makeProduct, makeRequest, REQUEST_ID, RUN } from '../../tests/fakes/make-request.ts';
import { makeWorld } from '../../tests/fakes/world.ts';
import { buryIngest, buryPage } from './bury-messages.ts';
import { compressPage, endPage } from './compress-page.ts';
import { handleIngest } from './handle-ingest.ts';
import { linksUnder } from './links.ts';
import type { PageMessage } from './messages.ts';
import { sweepImages } from './sweep-images.ts';
import { webhookPayload } from './webhook-payload.ts';
import { pageDelivery } from '../../tests/fakes/page-delivery.ts';

const key = (name: string) => `${REQUEST_ID}/${name}`;
const IMAGE = { contentType: 'image/jpeg' };

/** A request with images of three products, the first of the second one missing, and its images as they are then. */
async function begin(troubles: Parameters<typeof beginJourney>[1] = { '/1/0': 'not_found' }) {
  const journey = await beginJourney([1, 2, 12], troubles);
  const { images } = journey;
  return {
    ...journey,
    store: async (names: readonly string[]) => {
      for (const name of names) await images.put(key(name), Buffer.of(), IMAGE);
    },
    stored: () => [...images.stored.keys()].toSorted(),
    named: async () =>
      (await journey.records())
        .flatMap((record) => record.output_urls)
        .filter((url) => url !== '')
        .map((url) => url.replace('https://images.example/', ''))
        .toSorted(),
  };
}

test('images that no record names are deleted, and nothing else', async () => {
  const { deliver, store, stored, named, images, request } = await begin();
  const others = ['0-1-2.jpg', '3-1.jpg', '0-1.jpg.bak', 'x/0-1.jpg', '0-1.svgz.gz'].map(key);
  others.push(`${REQUEST_ID}0/0-1.webp`);
  for (const one of others) await images.put(one, Buffer.of(), IMAGE);
  await store(['0-1.webp', '1-1.jpg', '2-12.gif']);
  await deliver.all();
  expect(stored()).toEqual([...others, ...(await named())].toSorted());
  expect(await named()).toHaveLength((await request()).counts.imagesCompressed ?? 0);
});

test('it is promised for when everybody has ended who may still be at work', async () => {
  const { deliver, queues } = await begin();
  for (const message of queues.pages.sent.splice(0)) await deliver.page(message);
  const [finish] = queues.finish.sent.splice(0);
  await deliver.finish(finish!);
  expect(queues.finish.sent).toEqual([{ ...RUN, sweep: true }]);
  expect(queues.finish.delays.at(-1)).toBeGreaterThan(120);
});

test('a late delivery whose outcome comes second leaves nothing: it had begun before the end', async () => {
  const { deps, deliver, queues, stored, named } = await begin();
  const pages = queues.pages.sent.splice(0);
  const late = Promise.withResolvers<undefined>();
  const compress: typeof deps.compress = async (...parameters) => {
    await late.promise;
    return { ...(await deps.compress(...parameters)), format: 'webp', extension: 'webp', contentType: 'image/webp' };
  };
  const second = compressPage(pages[0]!, pageDelivery(), { ...deps, compress });
  for (const message of pages) await deliver.page(message);
  await deliver.finish(queues.finish.sent.splice(0)[0]!);
  late.resolve(undefined);
  await second;
  expect(stored()).toContain(key('0-1.webp'));
  await deliver.all();
  expect(stored()).toEqual(await named());
});

test('after a retry there are the images of all runs, and nothing that any of them left', async () => {
  const { deliver, store, stored, named, retry, hosts } = await begin({ '/1/0': 'not_found', '/2/3': 'not_found' });
  await deliver.all();
  delete hosts['/1/0'];
  await retry();
  await store(['0-1.webp', '1-1.jpg', '1-2-2.jpg', '2-4-2.png']);
  await deliver.all();
  expect(stored()).toEqual(await named());
  expect(await named()).toContain(key('1-1-2.jpg'));
});

describe('nothing is swept', () => {
  test.each([
    ['of a request that is gone', undefined],
    ['before the end', { status: 'PROCESSING' }],
    ['when a retry has begun: its own end will see to it', { status: 'RECEIVED', generation: 2 }],
  ] as const)('%s', async (_name, fields) => {
    const world = makeWorld();
    if (fields) await world.requests.create(makeRequest(fields));
    await world.images.put(key('0-1.jpg'), Buffer.of(), IMAGE);
    await sweepImages(RUN, world.deps);
    expect(world.images.stored.size).toBe(1);
  });

  test('of a product that is not settled: its page may still come, and name what is kept of it', async () => {
    const { deps, pages, requests, images } = makeWorld();
    await requests.create(makeRequest({ status: 'FAILED' }));
    const page: PageMessage = { ...RUN, page: 0, pagesInGroup: 1, products: [makeProduct(0, 2)], again: false };
    await images.put(key('0-1.jpg'), Buffer.of(), IMAGE);
    const fetchImage: typeof deps.fetchImage = (url, ...rest) =>
      url.endsWith('/0/1.jpg') ? Promise.reject(new Error('S3 is down')) : deps.fetchImage(url, ...rest);
    const findRequest = () => Promise.resolve(makeRequest());
    const work = compressPage(page, pageDelivery(), { ...deps, fetchImage, findRequest });
    await expect(work).rejects.toThrow();
    await sweepImages(RUN, deps);
    await endPage({ message: page, request: makeRequest(), code: 'cancelled' }, deps);
    const record = (await pages.get(RUN, 0))?.products.get(0);
    expect(record?.output_urls).toEqual([`https://images.example/${key('0-1.jpg')}`, '']);
    expect(images.stored.has(key('0-1.jpg'))).toBe(true);
  });
});

test.each([
  [1, 1],
  [12_000, 10],
])('%i images are counted by %i lists, and no record is read when there are no more', async (count, lists) => {
  const calls: string[] = [];
  const fault = (call: string, moment: string) => {
    if (moment === 'before') calls.push(call);
  };
  const { images, requests, deps } = makeWorld({ fault });
  const names = Array.from({ length: count }, (_, at) => key(`${at}-1.jpg`));
  for (const name of names) images.stored.set(name, { body: Buffer.of(), contentType: 'image/jpeg', metadata: {} });
  const totals = { products: count, images: count, pages: 1, groups: 1, rejectedRows: 0 };
  await requests.create(makeRequest({ status: 'COMPLETED', totals, counts: { imagesCompressed: count } }));
  calls.length = 0;
  await sweepImages(RUN, deps);
  expect(calls).toEqual(['get', ...Array.from({ length: lists }, () => 'list')]);
});

describe('a run that was given up before all its pages were sent', () => {
  test('leaves no image of a retry, and what stands is kept', async () => {
    const journey = await beginJourney([2], { '/0/1': 'not_found' });
    await journey.deliver.all();
    delete journey.hosts['/0/1'];
    await journey.retry();
    const [message] = journey.queues.ingest.sent.splice(0);
    const seal = () => Promise.reject(new Error('killed'));
    const dying = { ...journey.deps, requests: { ...journey.deps.requests, seal } };
    await expect(handleIngest(message!, dying)).rejects.toThrow('killed');
    for (const page of journey.queues.pages.sent.splice(0)) await journey.deliver.page(page);
    expect([...journey.images.stored.keys()]).toContain(key('0-2-2.jpg'));
    await buryIngest(message!, journey.deps);
    await journey.deliver.all();
    expect([...journey.images.stored.keys()]).toEqual([key('0-1.jpg')]);
  });

  test.each(['comes back', 'is buried'])('leaves none either when a page of it %s behind its sweep', async (how) => {
    const journey = await beginJourney([1]);
    const { deps, deliver, queues, images, pages } = journey;
    const item = journey.table.items.get(`REQ#${REQUEST_ID} REQUEST`)!;
    item.status = 'RECEIVED';
    Reflect.deleteProperty(item, 'sealedGeneration');
    queues.ingest.sent.length = 0;
    const [page] = queues.pages.sent.splice(0);
    // A delivery was killed right behind its upload.
    await images.put(key('0-1.jpg'), Buffer.of(), IMAGE);
    await buryIngest({ kind: 'ingest', requestId: REQUEST_ID }, deps);
    await deliver.all();
    if (how === 'is buried') await buryPage(page!, deps);
    else await deliver.page(page!, 2);
    await deliver.all();
    expect((await pages.get(RUN, 0))?.products.get(0)?.output_urls).toEqual(['']);
    expect([...images.stored.keys()]).toEqual([]);
  });

  test('tells its caller the same at every attempt, whatever its pages still come to', async () => {
    const journey = await beginJourney([1, 1]);
    const { deps, deliver, queues, request } = journey;
    const item = journey.table.items.get(`REQ#${REQUEST_ID} REQUEST`)!;
    item.status = 'RECEIVED';
    Reflect.deleteProperty(item, 'sealedGeneration');
    queues.ingest.sent.length = 0;
    const [first, second] = queues.pages.sent.splice(0);
    await deliver.page(first!);
    await buryIngest({ kind: 'ingest', requestId: REQUEST_ID }, deps);
    const told = async () => webhookPayload(await request(), linksUnder('https://api.example'));
    const before = await told();
    await deliver.page(second!, 2);
    expect(await told()).toEqual(before);
  });
});
