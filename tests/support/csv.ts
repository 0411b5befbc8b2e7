import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

const HEADER = ['S. No.', 'Product Name', 'Input Image Urls', 'Colour'];

export type Row = { name?: string; urls: readonly string[] };

/** A supplier's CSV, with a column that is not ours. */
export const csvOf = (rows: readonly Row[]): string =>
  stringify([
    HEADER,
    ...rows.map(({ name, urls }, at) => [`SKU-${at + 1}`, name ?? `Product ${at + 1}`, urls.join(', '), 'blue']),
  ]);

/** Rows by the names of their columns. */
export const readCsv = (csv: string): Record<string, string>[] => parse(csv, { bom: true, columns: true });
