import { CsvError, parse } from 'csv-parse/sync';
import { CsvFileError } from './csv-error.ts';
import { type Columns, findColumns } from './find-columns.ts';
import type { CsvLimits } from './limits.ts';
import { cut } from './cut.ts';
import { restore } from './neutralise.ts';
import { countOwnColumns } from './own-columns.ts';
import { startsWithUrl } from './split-urls.ts';

export type Delimiter = ',' | ';' | '\t' | '|';

/** `ownColumns` of ours followed the header in the file; `textStart` is where the records begin. */
export type Layout = {
  delimiter: Delimiter;
  header: string[];
  columns: Columns;
  ownColumns: number;
  textStart: number;
};

/** A delimiter that is none of the file's may find a quote that never closes where there is none. */
type Candidate = Omit<Layout, 'textStart'> & { recognised: number; isOpen: boolean };

const DELIMITERS: Delimiter[] = [',', ';', '\t', '|'];
const EXCEL_SEPARATOR_LINE = /^"?sep=([,;|\t])"?(?:\r\n|\n|\r)/i;

/** How csv-parse reads every file: mixed line ends, stray quotes and ragged rows are all in real files. */
export const TOLERANT = { record_delimiter: ['\r\n', '\n', '\r'], relax_quotes: true, relax_column_count: true };

/** Reads the header from the first records of a file; the right delimiter is the one that makes most sense of it. */
export function readHeader(text: string, limits: CsvLimits): Layout {
  const separatorLine = EXCEL_SEPARATOR_LINE.exec(text);
  const textStart = separatorLine?.[0].length ?? 0;
  const records = text.slice(textStart);
  const candidates = DELIMITERS.filter((delimiter) => !separatorLine || delimiter === separatorLine[1]).map(
    (delimiter) => readWith(delimiter, records),
  );
  const best = candidates.reduce((a, b) => (makesMoreSense(b, a) ? b : a));
  if (best.columns.imageUrls.length === 0) throw whyNone(best, candidates);
  if (best.header.length > limits.maxColumns) {
    const message = `The file has ${best.header.length} columns; ${limits.maxColumns} are allowed.`;
    throw new CsvFileError('too_many_columns', message, { maxColumns: limits.maxColumns });
  }
  const { delimiter, header, columns, ownColumns } = best;
  return { delimiter, header, columns, ownColumns, textStart };
}

function readWith(delimiter: Delimiter, records: string): Candidate {
  const record = firstRecord(delimiter, records);
  const cells = record ?? [];
  const ownColumns = countOwnColumns(cells);
  const header = ownColumns > 0 ? cells.slice(0, -ownColumns).map(restore) : cells;
  const columns = findColumns(header);
  const labels = [columns.serialNumber, columns.productName].filter((column) => column !== null);
  const recognised = columns.imageUrls.length + labels.length;
  return { delimiter, header, columns, ownColumns, recognised, isOpen: record === null };
}

/** Null where a quote opens and never closes. */
function firstRecord(delimiter: Delimiter, records: string): string[] | null {
  try {
    const options = { ...TOLERANT, delimiter, skip_empty_lines: true, skip_records_with_empty_values: true, to: 1 };
    return parse(records, options)[0] ?? [];
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    return null;
  }
}

function makesMoreSense(a: Candidate, b: Candidate): boolean {
  return a.recognised === b.recognised ? a.header.length > b.header.length : a.recognised > b.recognised;
}

function whyNone({ header }: Candidate, candidates: Candidate[]): CsvFileError {
  if (candidates.some(({ isOpen }) => isOpen)) {
    return new CsvFileError('malformed_csv', 'A quote that opens in the header is never closed.', { row: 1 });
  }
  return header.length === 0 ? new CsvFileError('empty_file', 'The file is empty.') : noHeader(header);
}

function noHeader(header: string[]): CsvFileError {
  const seen = header.slice(0, 20).map((heading) => cut(heading.trim(), 100));
  const message = header.some(startsWithUrl)
    ? 'The first row already holds a URL. It must hold the column names, such as "S. No.", "Product Name", "Input Image Urls".'
    : `No image column found, such as "Input Image Urls" or "Image URL". The first row holds: ${seen.join(', ')}.`;
  return new CsvFileError('no_header', message, { missing: ['Input Image Urls'], seen });
}
