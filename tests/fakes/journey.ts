import { ImageError, type ImageErrorCode } from '../../lib/images/image-error.ts';
import { ImageOptions } from '../../lib/images/image-options.ts';
import { cancelRequest } from '../../lib/requests/cancel-request.ts';
import { failedRowsObject, resultObject } from '../../lib/requests/keys.ts';
import { linksUnder } from '../../lib/requests/links.ts';
import type { ProductFilter } from '../../lib/requests/list-products.ts';
import type { ProductRecord } from '../../lib/requests/product-record.ts';
import { requestStatus } from '../../lib/requests/request-status.ts';
import { retryRequest, type RetryQuestion } from '../../lib/requests/retry-request.ts';
import { submitCsv } from '../../lib/requests/submit-csv.ts';
import { readCsv } from '../support/csv.ts';
import { deliveriesOf } from './deliveries.ts';
import { REQUEST_ID } from './make-request.ts';
import type { Fault, Watch } from './memory-table.ts';
import { csvOf, makeWorld } from './world.ts';

export type Journey = Awaited<ReturnType<typeof beginJourney>>;

/** How images fail, by what their addresses contain: `/2/0` is the first image of the third product. */
export type Troubles = Record<string, ImageErrorCode>;

/**
 * An uploaded request with so many images for each product, in a world whose messages the test delivers as it likes.
 * Troubles may be changed at any time, as hosts are mended.
 */
export async function beginJourney(
  images: readonly number[],
  troubles: Troubles = {},
  around: { fault?: Fault; watch?: Watch } = {},
) {
  const hosts = { ...troubles };
  const host = (url: string) => {
    const trouble = Object.entries(hosts).find(([part]) => url.includes(part));
    return trouble ? new ImageError(trouble[1]) : url.length;
  };
  const world = makeWorld({ host, ...around });
  const { deps, queues } = world;
  const options = ImageOptions.parse({});
  const upload = {
    csv: csvOf(images),
    fileName: 'a.csv',
    owner: 'default',
    options,
    webhookUrl: 'https://caller.example/',
  };
  await submitCsv(upload, { ...deps, newId: () => REQUEST_ID });
  const calls = { ...deps, ingestQueue: queues.ingest };

  return {
    ...world,
    hosts,
    deliver: deliveriesOf(world),
    request: async () => (await world.requests.get(REQUEST_ID, { consistent: true }))!,
    retry: (wish: Partial<RetryQuestion> = {}) =>
      retryRequest({ requestId: REQUEST_ID, owner: 'default', ...wish }, calls),
    cancel: (owner = 'default') => cancelRequest({ requestId: REQUEST_ID, owner }, calls),
    status: (products?: ProductFilter) =>
      requestStatus(
        { requestId: REQUEST_ID, owner: 'default', products },
        { ...deps, links: linksUnder('https://api.example') },
      ),
    /** Every product as its latest run left it. */
    records: async (): Promise<ProductRecord[]> => {
      const found: ProductRecord[] = [];
      const without = (await world.requests.get(REQUEST_ID))?.voidRuns;
      const range = { first: 0, groups: 1_000, consistent: true, without };
      for await (const { products } of world.pages.from(REQUEST_ID, range)) found.push(...products.values());
      return found;
    },
    /** The cells of a run's result file, by the names of their columns. */
    result: (generation: number) => readCsv(world.data.text(resultObject({ requestId: REQUEST_ID, generation }))),
    /** The serial numbers in a run's file of failed rows. */
    failedRows: (generation: number) =>
      readCsv(world.data.text(failedRowsObject({ requestId: REQUEST_ID, generation }))).map((row) => row['S. No.']),
    /** Everything that is kept, to be compared. */
    snapshot: () => structuredClone({ items: [...world.table.items], results: [...world.data.stored] }),
  };
}
