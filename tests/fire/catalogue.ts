import type { ImageErrorCode } from '../../lib/images/image-error.ts';
import { deserved, type DeservedImage, type ImageKind } from '../fakes/aws/outside.ts';
import type { Random } from '../fakes/seeded-random.ts';
import { csvOf } from '../support/csv.ts';

/** A supplier's file, and how each of its products must end. */
export type Catalogue = { csv: string; products: CatalogueProduct[] };
export type CatalogueProduct = {
  urls: string[];
  images: DeservedImage[];
  status: 'COMPLETED' | 'PARTIAL' | 'FAILED' | 'CANCELLED';
};

export const isFailure = (image: DeservedImage): image is Extract<DeservedImage, { code: string }> => 'code' in image;

/** Bytes in and out of the images that have an output. */
export function bytesOf(images: readonly DeservedImage[]): [number, number] {
  const done = images.flatMap((image) => (isFailure(image) ? [] : [image]));
  return [done.reduce((sum, { bytesIn }) => sum + bytesIn, 0), done.reduce((sum, { bytesOut }) => sum + bytesOut, 0)];
}

/** Products with so many images each; none means a row that is an error. */
export function makeCatalogue(imagesPerProduct: readonly number[], kindOf: () => ImageKind): Catalogue {
  const products = imagesPerProduct.map((count, product): CatalogueProduct => {
    const urls = Array.from({ length: count }, (_, slot) => `https://shop.example/${kindOf()}/${product}-${slot}.jpg`);
    const images = urls.map(deserved);
    return { urls, images, status: statusOf(images) };
  });
  return { csv: csvOf(products), products };
}

/** Products with images of these kinds. */
export function catalogueOf(kinds: readonly (readonly ImageKind[])[]): Catalogue {
  const each = kinds.flat().values();
  return makeCatalogue(
    kinds.map(({ length }) => length),
    () => each.next().value ?? 'ok',
  );
}

/** The same file where some images ended with this code instead. */
export function endedWith(
  code: ImageErrorCode,
  { csv, products }: Catalogue,
  isMeant: (product: number, slot: number) => boolean,
): Catalogue {
  const changed = products.map(({ urls, images }, product): CatalogueProduct => {
    const ended = images.map((image, slot) => (isMeant(product, slot) ? { code, httpStatus: null } : image));
    return { urls, images: ended, status: statusOf(ended) };
  });
  return { csv, products: changed };
}

function statusOf(images: readonly DeservedImage[]): CatalogueProduct['status'] {
  const failures = images.filter(isFailure);
  if (failures.length === 0 && images.length > 0) return 'COMPLETED';
  if (failures.length < images.length) return 'PARTIAL';
  return images.length > 0 && failures.every(({ code }) => code === 'cancelled') ? 'CANCELLED' : 'FAILED';
}

/** About 100 images: in many small products, in few large ones, mixed, or enough for a second group of pages. */
export function randomCatalogue(random: Random): Catalogue {
  const failing = random.pick([0, 0.1, 0.4]);
  return makeCatalogue(randomShape(random), () => (random.chance(failing) ? random.pick(TROUBLED) : 'ok'));
}

const TROUBLED: readonly ImageKind[] = ['flaky-1', 'flaky-2', 'missing', 'busy', 'corrupt'];

function randomShape(random: Random): number[] {
  const shape = random.next();
  if (shape < 0.1) return Array.from({ length: 121 }, (_, at) => 1 + (at % 2));
  if (shape < 0.4) return Array.from({ length: 100 }, () => 1);
  if (shape < 0.6) return Array.from({ length: 4 }, () => 25);
  const counts: number[] = [];
  for (let images = 0; images < 100;) {
    const count = random.chance(0.05) ? 0 : random.whole(1, 6);
    counts.push(count);
    images += count;
  }
  return counts;
}
