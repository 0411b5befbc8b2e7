import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { emulatorClients } from '../../infra/local/aws.ts';
import { sumCounts } from '../../lib/requests/counts.ts';
import { pageKey } from '../../lib/requests/keys.ts';
import { countRecord, type ProductRecord } from '../../lib/requests/product-record.ts';
import type { StatusView } from '../../lib/requests/views.ts';
import { LOCAL } from '../../samples/demo/local-names.ts';
import { imageDone, imageFailed, makeRecord, requestItem } from '../fakes/make-request.ts';
import { ended, products } from './support/steps.ts';
import { describeWeb, it } from './support/test.ts';

const PRODUCTS = 100_000;
const PER_PAGE = 25;
/** What BatchWriteItem takes. */
const BATCH = 25;
const REQUEST_ID = '01K6XJ5T3N8Z4QW2V7YBCDEFGJ';
/** Enough to be read in many calls. */
const FEWER = 2_000;
const FEWER_ID = '01K6XJ5T3N8Z4QW2V7YBCDEFGK';
/** Far down, so that a search for them goes through many pages that have none. */
const FAILED = new Set([71_000, 99_999]);
/** Elements of the whole document; a row has about 25. */
const ELEMENTS_MOST = 3_000;

describeWeb('a request of many products', () => {
  it('shows any of 100,000, and holds few of them in the page', { timeout: 300_000 }, async ({ open, stage }) => {
    const { dynamodb } = emulatorClients(stage.endpoint, LOCAL.region);
    await seed(dynamodb, { requestId: REQUEST_ID, count: PRODUCTS });
    dynamodb.destroy();
    const { page } = await open();
    await page.route('https://images.example/**', (route) => route.fulfill({ status: 404 }));
    await page.goto(`/requests/${REQUEST_ID}`);
    await products(page).filter({ hasText: 'Product 1' }).first().waitFor();
    const elements = () => page.evaluate(() => document.querySelectorAll('*').length);
    expect(await elements()).toBeLessThan(ELEMENTS_MOST);

    await scrollUntil(page, (last) => last > 1_000);
    expect(await elements()).toBeLessThan(ELEMENTS_MOST);

    await page.getByRole('radio', { name: /^Done 99,998/ }).check({ force: true });
    await expect.poll(async () => Math.min(...(await positions(page))), { message: 'from its start' }).toBe(1);
    await page.getByRole('radio', { name: /^Failed 2/ }).check({ force: true });
    await products(page).filter({ hasText: 'Product 71001' }).waitFor({ timeout: 120_000 });
    await products(page).filter({ hasText: 'Product 100000' }).waitFor({ timeout: 120_000 });
    await expect.poll(() => products(page).count()).toBe(2);
  });

  it('is read on at once while it runs, and nothing twice', { timeout: 180_000 }, async ({ open, stage }) => {
    const { dynamodb } = emulatorClients(stage.endpoint, LOCAL.region);
    await seed(dynamodb, { requestId: FEWER_ID, count: FEWER });
    dynamodb.destroy();
    const { page } = await open();
    await page.route('https://images.example/**', (route) => route.fulfill({ status: 404 }));
    const watched = await watch(page);
    await page.goto(`/requests/${FEWER_ID}`);
    await page.getByText('Loading more …').waitFor();
    await scrollUntil(page, (last) => last === FEWER);
    await page.getByText('Loading more …').waitFor({ state: 'detached' });
    // More may come behind the last ones; of all others there is nothing new to be read.
    const last = watched.asked.reduce((most, cursor) => Math.max(most, cursor));
    const others = watched.asked.filter((cursor) => cursor !== last);
    expect(others).toEqual([...new Set(others)]);

    await page.evaluate(() => window.scrollTo(0, 0));
    await expect.poll(async () => Math.min(...(await positions(page)))).toBe(1);
    await watched.polls(1);
    expect(await watched.polls(4), 'at its start, while it runs').toEqual([]);
    watched.end();
    await ended(page);
    await watched.polls(1);
    expect(await watched.polls(2), 'when it has ended').toEqual([]);
  });
});

const positions = (page: Page): Promise<number[]> =>
  products(page).evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('aria-posinset'))));

/** Turns the wheel until the last product in the page is far enough down. */
async function scrollUntil(page: Page, isThere: (last: number) => boolean): Promise<void> {
  await page.mouse.move(640, 400);
  const scroll = async () => {
    await page.mouse.wheel(0, 20_000);
    return isThere(Math.max(...(await positions(page))));
  };
  await expect.poll(scroll, { timeout: 60_000 }).toBe(true);
}

/** Has an ended request look as if it ran, with another product settled each time it is asked for, until its `end`. */
async function watch(page: Page) {
  const asked: number[] = [];
  let [polled, runs] = [0, true];
  const startedAt = new Date().toISOString();
  const webhook = { status: 'pending', deliveryId: 'd', url: 'https://shop.example/hook', attempts: [] };
  await page.route(/\/api\/status\//, async (route) => {
    const cursor = new URL(route.request().url()).searchParams.get('cursor');
    if (cursor !== null) {
      asked.push(Number(cursor));
      return route.continue();
    }
    polled += 1;
    const response = await route.fetch();
    const view = (await response.json()) as StatusView;
    const products = { ...view.products, pending: 1_000 - polled };
    const running = { ...view, startedAt, products, status: 'PROCESSING', finishedAt: null };
    // The page asks on after the end for as long as the webhook is not delivered.
    await route.fulfill({ response, json: runs ? running : { ...view, startedAt, webhook } });
  });
  return {
    /** From which page on products were asked for, call by call. */
    asked: asked as readonly number[],
    end: () => void (runs = false),
    /** What is asked for while the request itself is asked for so many times. */
    async polls(times: number): Promise<number[]> {
      const [before, until] = [asked.length, polled + times];
      await expect.poll(() => polled, { timeout: 60_000 }).toBeGreaterThan(until);
      return asked.slice(before);
    },
  };
}

type Seeded = { requestId: string; count: number };

/** As an ended request of one run leaves it in the table. */
async function seed(dynamodb: DynamoDBClient, { requestId, count }: Seeded): Promise<void> {
  const pages = count / PER_PAGE;
  const failed = [...FAILED].filter((index) => index < count).length;
  const table = DynamoDBDocumentClient.from(dynamodb, { marshallOptions: { removeUndefinedValues: true } });
  const run = { requestId, generation: 1 };
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
  for (let first = 0; first < pages; first += BATCH) {
    await put(Array.from({ length: Math.min(BATCH, pages - first) }, (_, at) => pageItem(first + at)));
  }
  const groups = Math.ceil(pages / 100);
  await put([
    requestItem({
      requestId,
      fileName: `${count}.csv`,
      status: 'COMPLETED_WITH_ERRORS',
      expiresAt: 9e9,
      finishedAt: '2025-10-05T18:58:28.000Z',
      totals: { products: count, images: count, pages, groups, rejectedRows: 0 },
      fullGroups: new Set(Array.from({ length: groups }, (_, group) => group)),
      counts: {
        productsCompleted: count - failed,
        productsFailed: failed,
        imagesCompressed: count - failed,
        imagesFailed: failed,
        error_timeout: failed,
        bytesIn: 3e10,
        bytesOut: 1e10,
        images_jpeg: count - failed,
        bytesIn_jpeg: 3e10,
        bytesOut_jpeg: 1e10,
      },
    }),
  ]);
}

const recordOf = (index: number): ProductRecord =>
  makeRecord(index, [FAILED.has(index) ? imageFailed('timeout') : imageDone()]);
