import type { CsvFileErrorCode } from '../../lib/csv/csv-error.ts';
import type { CsvRow } from '../../lib/csv/read-products.ts';
import type { RowErrorCode } from '../../lib/csv/to-product.ts';
import type { HostileClass } from './hostile-class.ts';

/** A file and what must come of it: refused with a code and words, or read to rows that are all accounted for. */
export type CsvCase = {
  name: string;
  file: () => Buffer | AsyncIterable<Uint8Array>;
  refused?: { code: CsvFileErrorCode; says: RegExp };
  read?: { rows: number; errors?: (RowErrorCode | null)[]; holds?: (rows: CsvRow[]) => boolean };
};

export type CsvClass = HostileClass & { list: CsvCase[] };

type Described = { input: string; ends: string; list: CsvCase[] };

export const SECONDS = 5;

export const csvClass = ({ input, ends, list }: Described): CsvClass => ({
  area: 'csv',
  input,
  ends,
  bound: `${SECONDS} s each`,
  cases: list.length,
  list,
});

export const A = 'https://x.example/a.jpg';
export const HEAD = 'S. No.,Product Name,Input Image Urls\n';
export const GOOD = `1,n,${A}\n`;
