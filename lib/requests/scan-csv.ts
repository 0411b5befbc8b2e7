import type { CsvLimits } from '../csv/limits.ts';
import { openCsv } from '../csv/read-products.ts';
import { groupOf } from './keys.ts';
import { pageCutter, planPages, sizeOf, type ProductSize } from './paging.ts';
import type { RowError } from './product-record.ts';
import { rowProduct } from './row-product.ts';
import type { PagePlan, Totals } from './request.ts';

export type Scan = { totals: Totals; plan: PagePlan; firstErrors: RowError[] };

const ERRORS_SHOWN = 100;

/**
 * Reads a whole CSV before anything of it is done, so that a file that turns out to be unusable at its last row has
 * sent nothing, and totals are known from the start. Keeps two numbers a row. Throws CsvFileError.
 */
export async function scanCsv(source: AsyncIterable<Uint8Array>, limits: CsvLimits): Promise<Scan> {
  const sizes: ProductSize[] = [];
  const firstErrors: RowError[] = [];
  let rejectedRows = 0;
  const csv = await openCsv(source, limits);
  for await (const row of csv.rows) {
    const product = rowProduct(row);
    sizes.push(sizeOf(product));
    if (product.errors.length > 0) rejectedRows += 1;
    if (firstErrors.length < ERRORS_SHOWN) firstErrors.push(...product.errors);
  }
  const images = sizes.reduce((sum, size) => sum + size.images, 0);
  const plan = planPages({ products: sizes.length, images });
  const pages = sizes.filter(pageCutter(plan)).length;
  return {
    totals: { products: sizes.length, images, pages, groups: groupOf(pages - 1) + 1, rejectedRows },
    plan,
    firstErrors: firstErrors.slice(0, ERRORS_SHOWN),
  };
}
