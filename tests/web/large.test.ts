import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { emulatorClients } from '../../infra/local/aws.ts';
import { sumCounts } from '../../lib/requests/counts.ts';
import { pageKey } from '../../lib/requests/keys.ts';
import { countRecord, type ProductRecord } from '../../lib/requests/product-record.ts';
import { LOCAL } from '../../samples/demo/local-names.ts';
import { imageDone, imageFailed, makeRecord, requestItem } from '../fakes/make-request.ts';
import { products } from './support/steps.ts';
import { describeWeb, it } from './support/test.ts';

const PRODUCTS = 100_000;
const PER_PAGE = 25;
const PAGES = PRODUCTS / PER_PAGE;
/** What BatchWriteItem takes; PAGES is a multiple of it. */
const BATCH = 25;
const REQUEST_ID = '01K6XJ5T3N8Z4QW2V7YBCDEFGJ';
/** Far down, so that a search for them goes through many pages that have none. */
const FAILED = new Set([71_000, 99_999]);
/** Elements of the whole document; a row has about 25. */
const ELEMENTS_MOST = 3_000;

describeWeb('a request of 100,000 products', () => {
  it('shows any of them, and holds few of them in the page', { timeout: 300_000 }, async ({ open, stage }) => {
    const { dynamodb } = emulatorClients(stage.endpoint, LOCAL.region);
    await seed(dynamodb);
    dynamodb.destroy();
    const { page } = await open();
    await page.route('https://images.example/**', (route) => route.fulfill({ status: 404 }));
    await page.goto(`/requests/${REQUEST_ID}`);
    await products(page).filter({ hasText: 'Product 1' }).first().waitFor();
    const elements = () => page.evaluate(() => document.querySelectorAll('*').length);
    expect(await elements()).toBeLessThan(ELEMENTS_MOST);

    await page.mouse.move(640, 400);
    await expect
      .poll(
        async () => {
          await page.mouse.wheel(0, 20_000);
          return Math.max(...(await positions(page)));
        },
        { timeout: 60_000 },
      )
      .toBeGreaterThan(1_000);
    expect(await elements()).toBeLessThan(ELEMENTS_MOST);

    await page.getByRole('radio', { name: /^Done 99,998/ }).check({ force: true });
    await expect.poll(async () => Math.min(...(await positions(page))), { message: 'from its start' }).toBe(1);
    await page.getByRole('radio', { name: /^Failed 2/ }).check({ force: true });
    await products(page).filter({ hasText: 'Product 71001' }).waitFor({ timeout: 120_000 });
    await products(page).filter({ hasText: 'Product 100000' }).waitFor({ timeout: 120_000 });
    await expect.poll(() => products(page).count()).toBe(2);
  });
});

const positions = (page: Parameters<typeof products>[0]): Promise<number[]> =>
  products(page).evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('aria-posinset'))));

/** As an ended request of one run leaves it in the table. */
async function seed(dynamodb: DynamoDBClient): Promise<void> {
  const table = DynamoDBDocumentClient.from(dynamodb, { marshallOptions: { removeUndefinedValues: true } });
  const run = { requestId: REQUEST_ID, generation: 1 };
  const pageItem = (page: number) => {
    const indexes = Array.from({ length: PER_PAGE }, (_, at) => page * PER_PAGE + at);
    const records = indexes.map(recordOf);
    const settled = Object.fromEntries(indexes.map((index, at) => [`r${index}`, records[at]]));
    const head = { ...pageKey(run, page), ...run, page, settled: PER_PAGE, expiresAt: 9e9 };
    return { ...head, ...settled, ...sumCounts(records.map(countRecord)) };
  };
  const put = (items: Record<string, unknown>[]) =>
    table.send(
      new BatchWriteCommand({ RequestItems: { [LOCAL.table]: items.map((Item) => ({ PutRequest: { Item } })) } }),
    );
  for (let first = 0; first < PAGES; first += BATCH) {
    await put(Array.from({ length: BATCH }, (_, at) => pageItem(first + at)));
  }
  const groups = Math.ceil(PAGES / 100);
  await put([
    requestItem({
      requestId: REQUEST_ID,
      fileName: 'hundred-thousand.csv',
      status: 'COMPLETED_WITH_ERRORS',
      expiresAt: 9e9,
      finishedAt: '2025-10-05T18:58:28.000Z',
      totals: { products: PRODUCTS, images: PRODUCTS, pages: PAGES, groups, rejectedRows: 0 },
      fullGroups: new Set(Array.from({ length: groups }, (_, group) => group)),
      counts: {
        productsCompleted: PRODUCTS - FAILED.size,
        productsFailed: FAILED.size,
        imagesCompressed: PRODUCTS - FAILED.size,
        imagesFailed: FAILED.size,
        error_timeout: FAILED.size,
        bytesIn: 3e10,
        bytesOut: 1e10,
        images_jpeg: PRODUCTS - FAILED.size,
        bytesIn_jpeg: 3e10,
        bytesOut_jpeg: 1e10,
      },
    }),
  ]);
}

const recordOf = (index: number): ProductRecord =>
  makeRecord(index, [FAILED.has(index) ? imageFailed('timeout') : imageDone()]);
