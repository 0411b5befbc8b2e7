import { expect, test } from 'vitest';
import {
  imageDone,
  imageFailed,
  makeProduct,
  makeRecord,
  makeRequest,
  REQUEST_ID,
} from '../../tests/fakes/make-request.ts';
import { seededRandom } from '../../tests/fakes/seeded-random.ts';
import { makeWorld } from '../../tests/fakes/world.ts';
import { subtractCounts, sumCounts } from './counts.ts';
import type { PageMessage } from './messages.ts';
import { countImages, countRecord, toRecord, type ImageOutcome, type ProductRecord } from './product-record.ts';
import { isTriedAgain, planRetry, retryPages } from './retry-pages.ts';
import type { Request } from './request.ts';

const done = imageDone();
const [timeout, missing] = [imageFailed('timeout'), imageFailed('not_found')];
const rowError = { row: 2, column: null, code: 'no_images', value: '', message: 'The row has no image URL.' };

/** Pages by their number; each run's products by their index. */
type Runs = Record<number, Record<number, Map<number, ProductRecord>>>;

async function prepare(runs: Runs, fields: Partial<Request> = {}) {
  const world = makeWorld();
  for (const [generation, pages] of Object.entries(runs)) {
    for (const [page, records] of Object.entries(pages)) {
      const endings = new Map([...records].map(([index, record]) => [index, { record, counts: countRecord(record) }]));
      await world.pages.settle({ requestId: REQUEST_ID, generation: Number(generation) }, Number(page), {
        endings,
        expiresAt: 1,
      });
    }
  }
  const totals = { products: 9, images: 9, pages: 300, groups: 3, rejectedRows: 0 };
  const generation = 1 + Math.max(...Object.keys(runs).map(Number));
  const retry = { at: '2025-10-05T18:00:00.000Z' };
  const request = makeRequest({ status: 'RECEIVED', totals, generation, retry, ...fields });
  const messages: PageMessage[] = [];
  for await (const message of retryPages(request, world.pages)) messages.push(message);
  return { plan: await planRetry(request, world.pages), messages };
}

const records = (...entries: [number, ImageOutcome[]][]) =>
  new Map(entries.map(([index, images]) => [index, makeRecord(index, images)]));

const onlyCodes = (...codes: string[]): Partial<Request> => ({ retry: { at: '2025-10-05T18:00:00.000Z', codes } });

test('only products with failed images travel, as they were in the file', async () => {
  const first = { 0: records([0, [done]], [1, [done, timeout]]), 1: records([2, [done]]), 2: records([3, [missing]]) };
  const { messages } = await prepare({ 1: first });
  const common = { requestId: REQUEST_ID, generation: 2, pagesInGroup: 2, again: true };
  expect(messages).toEqual([
    { ...common, page: 0, products: [makeProduct(1, 2)] },
    { ...common, page: 2, products: [makeProduct(3, 1)] },
  ]);
});

test('pages are counted in their groups; groups and pages without failures are left out', async () => {
  const first = {
    0: records([0, [done]]),
    99: records([1, [timeout]]),
    200: records([2, [timeout]]),
    201: records([3, [missing]]),
  };
  const { plan, messages } = await prepare({ 1: first });
  expect(messages.map(({ page, pagesInGroup }) => [page, pagesInGroup])).toEqual([
    [99, 1],
    [200, 2],
    [201, 2],
  ]);
  expect(plan.totals).toEqual({ products: 3, images: 3, pages: 3, groups: 2 });
});

test('what stays is counted: whole products as they are, of the others the images that are not tried again', async () => {
  const first = { 0: records([0, [done]], [1, [done, timeout, missing]]) };
  const before = { productsPartial: 1, error_timeout: 1, error_not_found: 1 };
  const { plan } = await prepare({ 1: first }, { ...onlyCodes('timeout'), counts: before });
  expect(plan).toEqual({
    before,
    totals: { products: 1, images: 1, pages: 1, groups: 1 },
    counts: sumCounts([{ productsCompleted: 1 }, countImages([done, done, missing])]),
    gone: ['productsPartial', 'error_timeout'],
  });
});

test('by code, a product without such a failure is left alone, whatever else it has', async () => {
  const first = { 0: records([0, [missing]], [1, [timeout]]) };
  const { messages } = await prepare({ 1: first }, onlyCodes('not_found', 'gave_up'));
  expect(messages.map(({ products }) => products.map(({ index }) => index))).toEqual([[0]]);
});

test('a product with a bad row is never tried again, and stays counted', async () => {
  const record = toRecord(REQUEST_ID, { ...makeProduct(0, 0), errors: [rowError] }, []);
  const { plan, messages } = await prepare({ 1: { 0: new Map([[0, record]]) } });
  expect(messages).toEqual([]);
  expect(plan).toMatchObject({ totals: { pages: 0, groups: 0 }, counts: { productsFailed: 1, error_no_images: 1 } });
});

test('the latest run of a product counts, the one that is planned does not', async () => {
  const runs = {
    1: { 0: records([0, [timeout]], [1, [timeout]], [2, [timeout]]) },
    2: { 0: records([0, [done]], [1, [missing]]) },
    3: { 0: records([2, [done]]) },
  };
  const { plan, messages } = await prepare(runs, { generation: 3 });
  expect(messages.map(({ products }) => products.map(({ index }) => index))).toEqual([[1, 2]]);
  expect(plan.counts).toEqual(countRecord(makeRecord(0, [done])));
});

test('nothing of a request without pages', async () => {
  const { plan, messages } = await prepare({ 1: {} }, { totals: undefined });
  expect([plan.totals.pages, messages]).toEqual([0, []]);
});

test('plan and pages agree, and nothing is counted twice or left out, for any records (500 of them)', async () => {
  for (let seed = 1; seed <= 500; seed++) {
    const random = seededRandom(seed);
    const pageNumbers = random
      .sample(
        Array.from({ length: 300 }, (_, page) => page),
        random.whole(1, 8),
      )
      .sort((a, b) => a - b);
    const all = pageNumbers.flatMap((page) => Array.from({ length: random.whole(1, 3) }, (_, at) => 3 * page + at));
    const outcome = () => random.pick([done, done, timeout, missing]);
    const images = new Map(all.map((index) => [index, Array.from({ length: random.whole(1, 3) }, outcome)]));
    const codes = random.pick([null, ['timeout'], ['not_found', 'gave_up']]) ?? undefined;
    const pageOf = (page: number) => records(...[...images].filter(([index]) => Math.floor(index / 3) === page));
    const first = Object.fromEntries(pageNumbers.map((page) => [page, pageOf(page)]));
    const { plan, messages } = await prepare({ 1: first }, codes ? onlyCodes(...codes) : {});

    const about = `seed ${seed}`;
    const tried = messages.flatMap(({ products }) => products.map(({ index }) => images.get(index)!));
    const groups = new Map(messages.map(({ page, pagesInGroup }) => [Math.floor(page / 100), pagesInGroup]));
    expect(plan.totals, about).toEqual({
      products: tried.length,
      images: tried.flat().filter((image) => isTriedAgain(image, codes)).length,
      pages: messages.length,
      groups: groups.size,
    });
    expect(
      [...groups.values()].reduce((sum, pages) => sum + pages, 0),
      about,
    ).toBe(messages.length);
    // What stays, and what every product that is tried adds when it ends as it did: that must be all.
    const ends = tried.map((one) => {
      const kept = countImages(one.filter((image) => !isTriedAgain(image, codes)));
      return subtractCounts(countRecord(makeRecord(0, one)), kept);
    });
    const recount = sumCounts([...images].map(([index, one]) => countRecord(makeRecord(index, one))));
    expect(sumCounts([plan.counts, ...ends]), about).toEqual(recount);
  }
});
