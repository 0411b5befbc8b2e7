import { failed, type ImageOutcome, type ProductRecord, type ProductStatus } from './product-record.ts';
import type { PageStore } from './page-store.ts';
import type { Request } from './request.ts';
import type { ProductView } from './views.ts';

/** Which products, from which page on, and about how many (whole pages are given). */
export type ProductFilter = {
  only: 'all' | 'failed';
  /** Of these, only those that ended so. */
  statuses?: readonly ProductStatus[] | undefined;
  fromPage: number;
  limit: number;
};

/** Pages looked through in one answer: a search for few failures among many products is spread over several. */
const PAGES_MOST = 400;

/** Settled products in the order of the file; `nextCursor` is the number of the page to go on with. */
export async function listProducts(
  { requestId, totals, voidRuns }: Request,
  { fromPage, limit, ...filter }: ProductFilter,
  pages: PageStore,
): Promise<{ items: ProductView[]; nextCursor: string | null }> {
  const items: ProductView[] = [];
  let seen = 0;
  const range = { first: fromPage, groups: totals?.groups ?? 0, consistent: false, without: voidRuns };
  for await (const page of pages.from(requestId, range)) {
    if (items.length >= limit || seen === PAGES_MOST) return { items, nextCursor: String(page.page) };
    const records = [...page.products.values()];
    items.push(...records.filter((record) => passes(record, filter)).map(toView));
    seen += 1;
  }
  return { items, nextCursor: null };
}

const passes = ({ status }: ProductRecord, { only, statuses }: Pick<ProductFilter, 'only' | 'statuses'>) =>
  (only === 'all' || status !== 'COMPLETED') && (statuses?.includes(status) ?? true);

const toView = (record: ProductRecord): ProductView => ({
  ...record,
  images: record.images.map((image, slot) => ({ url: record.input_urls[slot] ?? '', ...imageView(image) })),
});

function imageView(image: ImageOutcome): Omit<ProductView['images'][number], 'url'> {
  const nothing = { bytesIn: 0, bytesOut: 0, format: null, width: null, height: null, warnings: [] };
  if (failed(image)) return { outputUrl: null, ...nothing, ...image };
  return { ...image, code: null, message: null, httpStatus: null };
}
