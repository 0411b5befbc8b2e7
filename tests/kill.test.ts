import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openTable } from '../lib/aws/table.ts';
import { sumCounts } from '../lib/requests/counts.ts';
import { pageStore } from '../lib/requests/page-store.ts';
import { countRecord, type ProductRecord } from '../lib/requests/product-record.ts';
import { requestStore } from '../lib/requests/request-store.ts';
import { LOCAL } from '../samples/demo/local-names.ts';
import { rowpressApi } from '../samples/demo/rowpress-api.ts';
import type { RowpressProcess } from '../samples/demo/rowpress-process.ts';
import { until } from '../samples/demo/until.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../samples/demo/webhook-receiver.ts';
import { seededRandom } from './fakes/seeded-random.ts';
import { csvOf, readCsv } from './support/csv.ts';
import { startImageSite, type ImageSite } from './support/image-site.ts';
import { makePlace, type Place } from './support/place.ts';

const PRODUCTS = 100;
const IMAGES_EACH = 5;
const IMAGES = PRODUCTS * IMAGES_EACH;
const MISSING = 20;
const SOON = { seconds: 90, everyMs: 5 };
/** `KILL_SEED=1 npx vitest run --project flow kill` repeats a run. */
const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);

let place: Place;
let rowpress: RowpressProcess;
let site: ImageSite;
let receiver: WebhookReceiver;

beforeAll(async () => {
  [place, site] = await Promise.all([makePlace(), startImageSite()]);
  receiver = await startWebhookReceiver(place.webhookSecret);
  rowpress = await place.start();
});
afterAll(async () => {
  await rowpress.stop();
  await Promise.all([site.close(), receiver[Symbol.asyncDispose](), place.remove()]);
});
beforeEach(({ onTestFailed }) => onTestFailed(() => console.error(place.log())));

/** How many images the site has answered when everything is killed: twice in the middle, and when all are there. */
function killMoments(): number[] {
  const random = seededRandom(seed);
  return [random.whole(1, IMAGES / 2), random.whole(IMAGES / 2, IMAGES - 1), IMAGES];
}

const everyFifthProductMissesOne = (product: number, image: number) => product % 5 === 0 && image === 2;

it(`ends a request exactly, whenever everything is killed (KILL_SEED=${seed})`, async () => {
  const moments = killMoments();
  console.log(`killed when ${moments.join(', ')} images were fetched (KILL_SEED=${seed})`);
  const api = rowpressApi(place.apiUrl);
  const rows = Array.from({ length: PRODUCTS }, (_, product) => ({
    urls: Array.from({ length: IMAGES_EACH }, (_, image) => {
      const path = everyFifthProductMissesOne(product, image) ? 'missing' : 'images';
      return `${site.url}/${path}/${product}-${image}.jpg`;
    }),
  }));
  const { requestId } = await api.upload(csvOf(rows), 'killed.csv', { webhookUrl: receiver.url });
  for (const moment of moments) {
    await until(`${moment} images were fetched`, () => (site.served.size >= moment ? true : undefined), SOON);
    await killAndRestart();
  }
  await until('the webhook was refused once', () => receiver.received[0], SOON);
  await killAndRestart();
  const delivered = async () => {
    const status = await api.status(requestId);
    return status.webhook?.status === 'delivered' ? status : undefined;
  };
  const status = await until('the webhook was delivered', delivered, { seconds: 90 });

  expect(status).toMatchObject({
    status: 'COMPLETED_WITH_ERRORS',
    products: { total: PRODUCTS, completed: PRODUCTS - MISSING, partial: MISSING, failed: 0 },
    images: { total: IMAGES, compressed: IMAGES - MISSING, failed: MISSING, pending: 0 },
    failures: { not_found: MISSING },
  });
  const { counted, recounted, settled } = await recount(requestId);
  expect(counted).toEqual(recounted);
  expect(settled).toEqual(Array.from({ length: PRODUCTS }, (_, index) => index));

  const results = readCsv(await api.results(requestId));
  expect(results.map((row) => row['Input Image Urls'])).toEqual(rows.map(({ urls }) => urls.join(', ')));
  const slots = results.map((row) => row['Output Image Urls']!.split(',').map((url) => url !== ''));
  expect(slots).toEqual(
    rows.map((_, product) =>
      Array.from({ length: IMAGES_EACH }, (_, image) => !everyFifthProductMissesOne(product, image)),
    ),
  );
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1);
  expect(receiver.refused).toEqual([]);
});

async function killAndRestart(): Promise<void> {
  await rowpress.kill();
  rowpress = await place.start();
}

/** What the request's own item counts, and what its pages' records add up to. */
async function recount(requestId: string) {
  const table = openTable(LOCAL.table, place.aws.dynamodb);
  const request = await requestStore(table).get(requestId, { consistent: true });
  const groups = request!.totals!.groups;
  const records: [number, ProductRecord][] = [];
  const pages = pageStore(table).from(requestId, { first: 0, groups, consistent: true });
  for await (const { products } of pages) records.push(...products);
  return {
    counted: request!.counts,
    recounted: sumCounts(records.map(([, record]) => countRecord(record))),
    settled: records.map(([index]) => index),
  };
}
