import * as z from 'zod';
import { countsByFormat, failuresByCode, productsSettled, type CountName, type Counts } from './counts.ts';
import type { Request } from './request.ts';

export const ProductCounts = z.object({
  total: z.number(),
  completed: z.number(),
  partial: z.number(),
  failed: z.number(),
  cancelled: z.number(),
  pending: z.number(),
});

export const ImageCounts = z.object({
  total: z.number(),
  compressed: z.number(),
  failed: z.number(),
  pending: z.number(),
});

/** Images that have an output, and their bytes before and after. */
export const FormatCounts = z.object({ images: z.number(), bytesIn: z.number(), bytesOut: z.number() });

/** Bytes of the images that have an output, before and after. */
export const ByteCounts = z.object({
  in: z.number(),
  out: z.number(),
  saved: z.number(),
  savedPercent: z.number(),
});

/** A request's counts in the words of the API. Before the file is scanned the totals are 0. */
export function summarise({ totals }: Pick<Request, 'totals'>, counts: Counts) {
  const { products, images } = totals ?? { products: 0, images: 0 };
  const count = (name: CountName) => counts[name] ?? 0;
  const saved = count('bytesIn') - count('bytesOut');
  return {
    products: {
      total: products,
      completed: count('productsCompleted'),
      partial: count('productsPartial'),
      failed: count('productsFailed'),
      cancelled: count('productsCancelled'),
      pending: products - productsSettled(counts),
    },
    images: {
      total: images,
      compressed: count('imagesCompressed'),
      failed: count('imagesFailed'),
      pending: images - count('imagesCompressed') - count('imagesFailed'),
    },
    failures: failuresByCode(counts),
    formats: countsByFormat(counts),
    bytes: {
      in: count('bytesIn'),
      out: count('bytesOut'),
      saved,
      savedPercent: saved === 0 ? 0 : round((saved / count('bytesIn')) * 100),
    },
  };
}

/** One decimal is enough for a person. */
export const round = (value: number): number => Math.round(value * 10) / 10;
