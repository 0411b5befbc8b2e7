import { isCountName, sumCounts, type CountName, type Counts } from './counts.ts';
import { standingCounts } from './current-counts.ts';
import { groupOf } from './keys.ts';
import type { PageMessage } from './messages.ts';
import type { PageStore } from './page-store.ts';
import {
  countImages,
  countRecord,
  failed,
  type ImageOutcome,
  type Product,
  type ProductRecord,
} from './product-record.ts';
import type { Request, RunTotals } from './request.ts';
import type { RetryPlan } from './request-store.ts';

/** True for an image that a retry of these codes tries again; no codes mean all. */
export const isTriedAgain = (outcome: ImageOutcome, codes: readonly string[] | undefined): boolean =>
  failed(outcome) && (codes === undefined || codes.includes(outcome.code));

/** What a retry has to do, what stays counted meanwhile, and which of the request's counts become zero by that. */
export async function planRetry(request: Request, pages: PageStore): Promise<RetryPlan> {
  const totals: RunTotals = { products: 0, images: 0, pages: 0, groups: 0 };
  let counts: Counts = {};
  let latestGroup = -1;
  for await (const { page, products } of settledPages(request, pages)) {
    const records = [...products.values()];
    counts = sumCounts([counts, ...records.map((record) => countStaying(record, request.retry?.codes))]);
    const again = records.filter((record) => hasTriedAgain(record, request));
    if (again.length === 0) continue;
    totals.products += again.length;
    totals.images += again.flatMap(({ images }) =>
      images.filter((one) => isTriedAgain(one, request.retry?.codes)),
    ).length;
    totals.pages += 1;
    if (groupOf(page) !== latestGroup) totals.groups += 1;
    latestGroup = groupOf(page);
  }
  const gone = namesOf(request.counts).filter((name) => !(name in counts));
  return { totals, counts, gone, before: standingCounts(request) };
}

/** The pages of a retry: of each page the products with images that are tried again. */
export async function* retryPages(request: Request, pages: PageStore): AsyncGenerator<PageMessage> {
  let group: Omit<PageMessage, 'pagesInGroup'>[] = [];
  const whole = () => group.map((message): PageMessage => ({ ...message, pagesInGroup: group.length }));
  for await (const { page, products } of settledPages(request, pages)) {
    if (group[0] && groupOf(group[0].page) !== groupOf(page)) {
      yield* whole();
      group = [];
    }
    const again = [...products].filter(([, record]) => hasTriedAgain(record, request));
    if (again.length === 0) continue;
    const { requestId, generation } = request;
    group.push({ requestId, generation, page, products: again.map(toProduct), again: true });
  }
  yield* whole();
}

/** As the runs before this one left them; nothing of this one is settled before its pages are sent. */
const settledPages = ({ requestId, totals, generation, voidRuns }: Request, pages: PageStore) => {
  const groups = totals?.groups ?? 0;
  return pages.from(requestId, { first: 0, groups, consistent: true, before: generation, without: voidRuns });
};

const hasTriedAgain = ({ images }: ProductRecord, { retry }: Request): boolean =>
  images.some((image) => isTriedAgain(image, retry?.codes));

/** A product that is tried again is open; those of its images that are not stay counted. */
const countStaying = (record: ProductRecord, codes: readonly string[] | undefined): Counts => {
  const staying = record.images.filter((image) => !isTriedAgain(image, codes));
  return staying.length === record.images.length ? countRecord(record) : countImages(staying);
};

const namesOf = (counts: Counts): CountName[] => Object.keys(counts).filter(isCountName);

const toProduct = ([index, record]: [number, ProductRecord]): Product => ({
  index,
  row: record.row,
  serialNumber: record.serial_number,
  productName: record.product_name,
  imageUrls: record.input_urls,
  errors: record.errors,
});
