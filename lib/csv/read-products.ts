import { pipeline } from 'node:stream';
import { CsvError, parse, type Parser } from 'csv-parse';
import { CsvFileError } from './csv-error.ts';
import type { Columns } from './find-columns.ts';
import type { CsvLimits } from './limits.ts';
import { restore } from './neutralise.ts';
import { type Delimiter, type Layout, readHeader, TOLERANT } from './read-header.ts';
import { type CsvEncoding, inPieces, openText } from './read-text.ts';
import { type Product, toProduct } from './to-product.ts';

export type { Product } from './to-product.ts';

export type CsvDialect = { encoding: CsvEncoding; delimiter: Delimiter };

/** `index` counts products from 0; `row` is the number a spreadsheet shows, where the header is usually row 1. */
export type CsvRow = { index: number; row: number; cells: string[]; product: Product };

/** `header` and `cells` are without the columns that Rowpress added when the file is one of its own. */
export type CsvFile = { dialect: CsvDialect; header: string[]; columns: Columns; rows: AsyncIterable<CsvRow> };

const HEADER_CHARACTERS = 131_072;
// A row this long is no row: a quote was opened and never closed. It bounds memory, too.
const MAX_ROW_IN_CELLS = 16;
// csv-parse measures what is in the cells; quotes and delimiters take room, too, but empty cells without end take memory.
const MAX_ROW_TEXT_IN_ROWS = 4;
// As many as an Excel sheet has rows, blank to its end; a file of line breaks alone would be read for hours.
const MAX_BLANK_ROWS = 1_048_576;

/**
 * Reads up to the header; `rows` then streams the rest, once, and may throw CsvFileError at any row. The source is
 * closed when the file is refused and when `rows` is left early.
 */
export async function openCsv(source: AsyncIterable<Uint8Array>, limits: CsvLimits): Promise<CsvFile> {
  const pieces = inPieces(source, limits.maxFileBytes);
  try {
    const { encoding, text } = await openText(pieces);
    const head = await readHead(text);
    const layout = readHeader(head.records, limits);
    const rest = resumed(head.text.slice(layout.textStart), text, pieces);
    const { delimiter, header, columns } = layout;
    return { dialect: { encoding, delimiter }, header, columns, rows: readRows(rest, layout, limits) };
  } catch (error) {
    await pieces.return();
    throw error;
  }
}

/** `records` is the part of the text that surely ends with a record, or with the file. */
async function readHead(text: AsyncGenerator<string, void>): Promise<{ text: string; records: string }> {
  let head = '';
  while (head.length < HEADER_CHARACTERS) {
    const next = await text.next();
    if (next.done) return { text: head, records: head };
    head += next.value;
  }
  const lastBreak = Math.max(head.lastIndexOf('\n'), head.lastIndexOf('\r'));
  if (lastBreak < 0) {
    throw new CsvFileError('no_header', `The first row is longer than ${HEADER_CHARACTERS} characters.`);
  }
  return { text: head, records: head.slice(0, lastBreak + 1) };
}

/** The pieces are closed by name: left at `head`, the generators in between would not pass it on. */
async function* resumed(
  head: string,
  rest: AsyncIterable<string>,
  pieces: AsyncGenerator<Uint8Array, void>,
): AsyncGenerator<string, void> {
  try {
    yield head;
    yield* rest;
  } finally {
    await pieces.return();
  }
}

async function* readRows(text: AsyncIterable<string>, layout: Layout, limits: CsvLimits): AsyncGenerator<CsvRow, void> {
  const rules = { ...layout, limits };
  let row = 0;
  let index = -1; // the header's
  for await (const record of readRecords(text, layout.delimiter, limits)) {
    row += 1;
    const cells = withoutOwnColumns(record, layout);
    if (cells.every((cell) => cell.trim() === '')) {
      if (row - index > MAX_BLANK_ROWS) throw tooManyRows(MAX_BLANK_ROWS, 'blank rows');
      continue;
    }
    if (index >= limits.maxRows) throw tooManyRows(limits.maxRows, 'rows');
    if (index >= 0) yield { index, row, cells, product: toProduct(cells, row, rules) };
    index += 1;
  }
  if (index <= 0) throw new CsvFileError('no_rows', 'The file has a header and no rows.');
}

const tooManyRows = (maxRows: number, what: string) =>
  new CsvFileError('too_many_rows', `The file has more than ${maxRows} ${what}.`, { maxRows });

async function* readRecords(
  text: AsyncIterable<string>,
  delimiter: Delimiter,
  limits: CsvLimits,
): AsyncGenerator<string[], void> {
  const maxRowBytes = limits.maxCellBytes * MAX_ROW_IN_CELLS;
  const parser = parse({ ...TOLERANT, delimiter, max_record_size: maxRowBytes });
  // An error of the text destroys the parser with it, so it comes out of the loop below.
  pipeline(ofRowsThatEnd(text, parser, maxRowBytes), parser, () => undefined);
  const records: AsyncIterable<string[]> = parser;
  try {
    yield* records;
  } catch (cause) {
    throw cause instanceof CsvError ? malformed(cause, maxRowBytes) : cause;
  }
}

/** Passes the text on as long as rows come out of it. */
async function* ofRowsThatEnd(
  text: AsyncIterable<string>,
  { info }: Parser,
  maxRowBytes: number,
): AsyncGenerator<string, void> {
  let rows = 0;
  let lengthSince = 0;
  for await (const piece of text) {
    if (info.records > rows) lengthSince = 0;
    rows = info.records;
    if (lengthSince > maxRowBytes * MAX_ROW_TEXT_IN_ROWS) throw rowTooLong(rows + 1, maxRowBytes);
    lengthSince += piece.length;
    yield piece;
  }
}

function withoutOwnColumns(record: string[], { header, ownColumns }: Layout): string[] {
  if (ownColumns === 0) return record;
  return [...record.slice(0, header.length), ...record.slice(header.length + ownColumns)].map(restore);
}

function malformed(cause: CsvError, maxRowBytes: number): CsvFileError {
  const row = Number(cause.records) + 1;
  if (cause.code === 'CSV_MAX_RECORD_SIZE') return rowTooLong(row, maxRowBytes);
  return new CsvFileError('malformed_csv', `A quote that opens in row ${row} is never closed.`, { row });
}

function rowTooLong(row: number, maxRowBytes: number): CsvFileError {
  const message = `Row ${row} is longer than ${maxRowBytes} bytes: a quote in it is probably never closed.`;
  return new CsvFileError('malformed_csv', message, { row });
}
