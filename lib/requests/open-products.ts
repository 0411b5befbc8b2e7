import type { PageMessage } from './messages.ts';
import type { Draft, Page, PageStore } from './page-store.ts';
import { type ImageOutcome, type Product, type ProductRecord } from './product-record.ts';
import type { Request } from './request.ts';
import { isTriedAgain } from './retry-pages.ts';

/** A product that is not settled in this run, and what is known of its images. */
export type OpenProduct = {
  product: Product;
  /** By slot; null where the image has not ended. */
  images: Draft;
  /** What the runs before this one left as it is; it stays counted. */
  kept: ImageOutcome[];
  /** How the images ended in the runs before this one; empty in a first run. */
  earlier: readonly ImageOutcome[];
};

type PageWork = { message: PageMessage; request: Request };

/** The products of a page that are still to be settled in its run. */
export async function openProducts({ message, request }: PageWork, pages: PageStore): Promise<OpenProduct[]> {
  const { current, earlier } = await knownOf(message, pages);
  return message.products
    .filter(({ index }) => !current?.products.has(index))
    .map((product) =>
      openProduct({ product, draft: current?.drafts.get(product.index), before: earlier.get(product.index), request }),
    );
}

/** The same for a page of which nothing can be known: that saves a read for nearly every page. */
export const freshProducts = ({ products }: PageMessage): OpenProduct[] =>
  products.map((product) => ({ product, images: product.imageUrls.map(() => null), kept: [], earlier: [] }));

type Known = { product: Product; draft: Draft | undefined; before: ProductRecord | undefined; request: Request };

function openProduct({ product, draft, before, request }: Known): OpenProduct {
  const earlier = before?.images ?? [];
  const kept = earlier.map((image) => (isTriedAgain(image, request.retry?.codes) ? null : image));
  return {
    product,
    images: product.imageUrls.map((_, slot) => draft?.[slot] ?? kept[slot] ?? null),
    kept: kept.filter((image) => image !== null),
    earlier,
  };
}

/** A first run has nothing before it, so its own item is all there is to read. */
async function knownOf(
  message: PageMessage,
  pages: PageStore,
): Promise<{ current: Page | undefined; earlier: ReadonlyMap<number, ProductRecord> }> {
  const { generation, requestId, page } = message;
  if (generation === 1) return { current: await pages.get(message, page), earlier: new Map() };
  const runs = await pages.runs(requestId, page);
  const before = runs.filter((run) => run.generation < generation);
  return {
    current: runs.find((run) => run.generation === generation),
    earlier: new Map(before.flatMap(({ products }) => [...products])),
  };
}
