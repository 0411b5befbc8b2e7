import { describe, expect, test } from 'vitest';
import { seededRandom, type Random } from '../../tests/fakes/seeded-random.ts';
import { makeWorld } from '../../tests/fakes/world.ts';
import { makeProduct, makeRequest } from '../../tests/fakes/make-request.ts';
import { DEFAULT_CSV_LIMITS } from '../csv/limits.ts';
import { csvPages } from './csv-pages.ts';
import { pageCutter, pagesInGroup, planPages, sizeOf, type ProductSize } from './paging.ts';
import { scanCsv } from './scan-csv.ts';
import { sendPages } from './send-pages.ts';

test.each([
  ['a product each for a small file', 12, 36, { imagesPerPage: 1, productsPerPage: 1 }],
  ['about a hundred pages', 1_000, 1_000, { imagesPerPage: 10, productsPerPage: 10 }],
  ['never more than 40 images or 25 products', 200_000, 800_000, { imagesPerPage: 40, productsPerPage: 25 }],
  ['rows without any image are pages, too', 300, 0, { imagesPerPage: 1, productsPerPage: 3 }],
])('%s', (_name, products, images, plan) => {
  expect(planPages({ products, images })).toEqual(plan);
});

/** The pages that a cutter makes of these sizes. */
function cut(sizes: ProductSize[], plan: Parameters<typeof pageCutter>[0]): ProductSize[][] {
  const begins = pageCutter(plan);
  const pages: ProductSize[][] = [];
  for (const size of sizes) {
    if (begins(size)) pages.push([]);
    pages.at(-1)!.push(size);
  }
  return pages;
}

const size = (images: number, bytes = 10): ProductSize => ({ images, bytes });
const lengths = (pages: ProductSize[][]) => pages.map((page) => page.length);

describe('a page ends', () => {
  const plan = { imagesPerPage: 4, productsPerPage: 3 };
  test.each([
    ['when it has its products', Array(7).fill(size(0)), [3, 3, 1]],
    ['before an image too many', [size(2), size(2), size(1), size(3)], [2, 2]],
    ['around a product that is larger than a page', [size(1), size(200), size(1)], [1, 1, 1]],
    ['before its text is too long', [size(1, 60_000), size(1, 50_000), size(1, 50_000)], [1, 2]],
  ])('%s', (_name, sizes: ProductSize[], expected) => {
    expect(lengths(cut(sizes, plan))).toEqual(expected);
  });
});

test('bytes are those of UTF-8, with what is wrong with the row', () => {
  const error = { row: 2, column: null, code: 'extra_cells', value: 'ü', message: '€' };
  const product = { ...makeProduct(0), serialNumber: 'é', productName: 'x', imageUrls: ['ab'], errors: [error] };
  expect(sizeOf(product)).toEqual({ images: 1, bytes: 2 + 1 + 2 + 2 + 3 });
});

test.each([
  [0, 1, 1],
  [99, 250, 100],
  [100, 250, 100],
  [249, 250, 50],
])('the group of page %i of %i has so many pages', (page, _pages, _expected) => {
  expect(pagesInGroup(page, _pages)).toBe(_expected);
});

const SEEDS = Array.from({ length: 40 }, (_, at) => at + 1);

/** Rows of all kinds: without images, with many, with long addresses, and such that are refused. */
function randomCsv(random: Random): Buffer {
  const rows = Array.from({ length: random.whole(1, 400) }, (_, row) => {
    const images = random.chance(0.05) ? random.whole(30, 60) : random.whole(0, 5);
    const long = random.chance(0.02) ? 'x'.repeat(1_500) : '';
    const urls = Array.from({ length: images }, (_, image) => `https://shop.example/${row}/${image}${long}.jpg`);
    return `${row},"Naïve ${row}","${urls.join(',')}"${random.chance(0.05) ? ',stray' : ''}`;
  });
  return Buffer.from(['SKU,Name,Images', ...rows].join('\n'));
}

test.each(SEEDS)('pages cover all products in order, as they were planned, within the caps (seed %i)', async (seed) => {
  const csv = randomCsv(seededRandom(seed));
  const { totals, plan } = await scanCsv(inPieces(csv), DEFAULT_CSV_LIMITS);
  const { deps, queues, requests } = makeWorld();
  const request = makeRequest({ status: 'RECEIVED', sealedGeneration: undefined, totals, plan });
  await requests.create(request);
  await sendPages(request, csvPages(request, { source: inPieces(csv), again: false }), deps);

  const pages = queues.pages.sent;
  const products = pages.flatMap((page) => page.products);
  expect(products.map(({ index }) => index)).toEqual(Array.from({ length: totals.products }, (_, index) => index));
  expect(products.reduce((sum, { imageUrls }) => sum + imageUrls.length, 0)).toBe(totals.images);
  expect(products.filter(({ errors }) => errors.length > 0)).toHaveLength(totals.rejectedRows);
  expect(pages.map(({ page }) => page)).toEqual(Array.from({ length: totals.pages }, (_, page) => page));
  for (const page of pages) {
    const images = page.products.reduce((sum, { imageUrls }) => sum + imageUrls.length, 0);
    expect(page.products.length).toBeLessThanOrEqual(plan.productsPerPage);
    if (page.products.length > 1) expect(images).toBeLessThanOrEqual(plan.imagesPerPage);
    expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(1_000_000);
    expect(page.pagesInGroup).toBe(pagesInGroup(page.page, totals.pages));
  }
  expect((await requests.get(request.requestId))?.status).toBe('PROCESSING');
});

/** In pieces, as S3 gives it. */
async function* inPieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1_000) {
    await Promise.resolve();
    yield bytes.subarray(at, at + 1_000);
  }
}

test('sending refuses a file that does not come to what was planned', async () => {
  const { deps, requests } = makeWorld();
  const totals = { products: 3, images: 3, pages: 3, groups: 1, rejectedRows: 0 };
  const request = makeRequest({ status: 'RECEIVED', sealedGeneration: undefined, totals });
  await requests.create(request);
  const source = inPieces(Buffer.from('SKU,Image URL\n1,https://shop.example/1.jpg\n'));
  await expect(sendPages(request, csvPages(request, { source, again: false }), deps)).rejects.toThrow(
    '3 pages planned, 1 sent',
  );
  expect((await requests.get(request.requestId))?.status).toBe('RECEIVED');
});
