import type { CsvRow } from '../csv/read-products.ts';
import type { Product } from './product-record.ts';

/** A row of the CSV as a product of the request. */
export const rowProduct = ({ index, row, product }: CsvRow): Product => ({ index, row, ...product });
