import type { PageMessage } from './messages.ts';
import type { Page, PageStore } from './page-store.ts';
import { type ImageOutcome, type Product, type ProductRecord } from './product-record.ts';
import type { Request } from './request.ts';
import { isTriedAgain } from './retry-pages.ts';

/** By slot; null where the image has not ended. */
export type Slots = (ImageOutcome | null)[];

/** A product that is not settled in this run, and what is known of its images. */
export type OpenProduct = {
  product: Product;
  images: Slots;
  /** By slot: how many deliveries never came back from the image. */
  tries: number[];
  /** What the runs before this one left as it is; it stays counted. */
  kept: ImageOutcome[];
  /** How the images ended in the runs before this one; empty in a first run. */
  earlier: readonly ImageOutcome[];
};

/** What is left to do of a page, and which delivery gave it back in order last. */
export type OpenPage = { products: OpenProduct[]; returned?: number | undefined };

type PageWork = { message: PageMessage; request: Request };

/** The products of a page that are still to be settled in its run. */
export async function openPage({ message, request }: PageWork, pages: PageStore): Promise<OpenPage> {
  const { current, earlier } = await knownOf({ message, request }, pages);
  const products = message.products
    .filter(({ index }) => !current?.products.has(index))
    .map((product) => openProduct({ product, current, before: earlier.get(product.index), request }));
  return { products, returned: current?.returned };
}

/** The same for a page of which nothing can be known: that saves a read for nearly every page. */
export const freshPage = ({ products }: PageMessage): OpenPage => ({
  products: products.map((product) => ({
    product,
    images: product.imageUrls.map(() => null),
    tries: product.imageUrls.map(() => 0),
    kept: [],
    earlier: [],
  })),
});

type Known = { product: Product; current: Page | undefined; before: ProductRecord | undefined; request: Request };

function openProduct({ product, current, before, request }: Known): OpenProduct {
  const draft = current?.drafts.get(product.index) ?? [];
  const drafted = product.imageUrls.map((_, slot) => draft[slot] ?? null);
  const earlier = before?.images ?? [];
  const kept = earlier.map((image) => (isTriedAgain(image, request.retry?.codes) ? null : image));
  return {
    product,
    images: drafted.map((image, slot) => (typeof image === 'number' ? null : image) ?? kept[slot] ?? null),
    tries: drafted.map((image) => (typeof image === 'number' ? image : 0)),
    kept: kept.filter((image) => image !== null),
    earlier,
  };
}

/** A first run has nothing before it, so its own item is all there is to read. */
async function knownOf(
  { message, request }: PageWork,
  pages: PageStore,
): Promise<{ current: Page | undefined; earlier: ReadonlyMap<number, ProductRecord> }> {
  const { generation, requestId, page } = message;
  if (generation === 1) return { current: await pages.get(message, page), earlier: new Map() };
  const runs = await pages.runs(requestId, page);
  const before = runs.filter((run) => run.generation < generation && !request.voidRuns?.has(run.generation));
  return {
    current: runs.find((run) => run.generation === generation),
    earlier: new Map(before.flatMap(({ products }) => [...products])),
  };
}
