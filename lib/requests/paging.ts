import { groupOf, PAGES_PER_GROUP } from './keys.ts';
import type { Product } from './product-record.ts';
import type { PagePlan } from './request.ts';

/** Around so many pages are wanted at least, for a smooth progress and all workers busy. */
const PAGES_WANTED = 100;
/** Downloads that a function waits for at once: 38 cost 1.13 times the CPU of their encoding, 10 cost 1.8 times (measured). */
const IMAGES_MOST = 40;
const PRODUCTS_MOST = 25;
/** Text of a page's products: with the outcomes it stays far under DynamoDB's 400 kB and SQS' 1 MiB. */
const BYTES_MOST = 100_000;

export type ProductSize = { images: number; bytes: number };

/** How to cut a file of so many products and images into pages. */
export const planPages = ({ products, images }: { products: number; images: number }): PagePlan => ({
  imagesPerPage: clamp(Math.ceil(images / PAGES_WANTED), 1, IMAGES_MOST),
  productsPerPage: clamp(Math.ceil(products / PAGES_WANTED), 1, PRODUCTS_MOST),
});

/** Tells of each product in turn whether a new page begins with it. A product is never cut, however large. */
export function pageCutter(plan: PagePlan): (size: ProductSize) => boolean {
  let [products, images, bytes] = [0, 0, 0];
  return (size) => {
    const fits =
      products < plan.productsPerPage && images + size.images <= plan.imagesPerPage && bytes + size.bytes <= BYTES_MOST;
    const begins = products === 0 || !fits;
    if (begins) [products, images, bytes] = [0, 0, 0];
    products += 1;
    images += size.images;
    bytes += size.bytes;
    return begins;
  };
}

/** What counts of a product when pages are cut; bytes are those of its text in UTF-8. */
export function sizeOf({ serialNumber, productName, imageUrls, errors }: Product): ProductSize {
  const texts = [serialNumber, productName, ...imageUrls, ...errors.flatMap(({ value, message }) => [value, message])];
  return { images: imageUrls.length, bytes: texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) };
}

/** How many pages the group of this page has. */
export const pagesInGroup = (page: number, pages: number): number =>
  Math.min(PAGES_PER_GROUP, pages - groupOf(page) * PAGES_PER_GROUP);

const clamp = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most);
