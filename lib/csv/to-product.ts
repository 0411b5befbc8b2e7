import { cut } from './cut.ts';
import type { Columns } from './find-columns.ts';
import type { CsvLimits } from './limits.ts';
import { splitUrls, startsWithUrl } from './split-urls.ts';

export type RowErrorCode =
  'no_images' | 'too_many_images' | 'url_too_long' | 'urls_too_large' | 'cell_too_large' | 'extra_cells';

/** `row` is the number a spreadsheet shows; `value` is cut, `column` null for a cell beyond the header. */
export type RowError = { row: number; column: string | null; code: RowErrorCode; value: string; message: string };

/** With errors there are no `imageUrls`: nothing of such a product is fetched. */
export type Product = { serialNumber: string; productName: string; imageUrls: string[]; errors: RowError[] };

export type RowRules = { header: string[]; columns: Columns; limits: CsvLimits };

type Problem = Omit<RowError, 'row'>;
type FoundUrl = { url: string; column: string | null };

// What is kept beside the row itself is bounded, so that a product's record is: the row keeps the whole text.
const MAX_LABEL_LENGTH = 1_000;
const MAX_VALUE_LENGTH = 100;
const MAX_ERRORS_PER_ROW = 10;

/** Reads one row; it never throws, what is wrong with the row is in `errors`. */
export function toProduct(cells: string[], row: number, rules: RowRules): Product {
  const cellProblems = [...oversizedCells(cells, rules), ...strayCells(cells, rules)];
  const found = cellProblems.length > 0 ? [] : findUrls(cells, rules);
  const problems = cellProblems.length > 0 ? cellProblems : urlProblems(found, rules);
  return {
    serialNumber: label(cells, rules.columns.serialNumber),
    productName: label(cells, rules.columns.productName),
    imageUrls: problems.length > 0 ? [] : found.map(({ url }) => url),
    errors: problems.slice(0, MAX_ERRORS_PER_ROW).map((problem) => ({ row, ...problem })),
  };
}

function oversizedCells(cells: string[], { header, limits }: RowRules): Problem[] {
  return cells.flatMap((cell, at) =>
    isLarger(cell, limits.maxCellBytes)
      ? [problem('cell_too_large', header[at], cell, `The cell is larger than ${limits.maxCellBytes} bytes.`)]
      : [],
  );
}

/** One problem, however many they are: a quote that is missing makes several at once. */
function strayCells(cells: string[], { header }: RowRules): Problem[] {
  const stray = cells
    .slice(header.length)
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '' && !startsWithUrl(cell));
  if (stray.length === 0) return [];
  const message = 'The row has more cells than the header. Does a cell need quotes?';
  return [problem('extra_cells', undefined, stray.join(', '), message)];
}

function findUrls(cells: string[], { header, columns }: RowRules): FoundUrl[] {
  const named = columns.imageUrls.flatMap((at) =>
    splitUrls(cells[at] ?? '').map((url) => ({ url, column: header[at] ?? null })),
  );
  if (cells.length <= header.length) return named;
  const extra = cells.slice(header.length).flatMap(splitUrls);
  return [...named, ...extra.map((url) => ({ url, column: null }))];
}

function urlProblems(found: FoundUrl[], { header, columns, limits }: RowRules): Problem[] {
  const imageColumn = header[columns.imageUrls[0] ?? -1];
  if (found.length === 0) return [problem('no_images', imageColumn, '', 'The row has no image URL.')];
  const problems = found
    .filter(({ url }) => url.length > limits.maxUrlLength)
    .map(({ url, column }) =>
      problem('url_too_long', column ?? undefined, url, `The URL is longer than ${limits.maxUrlLength} characters.`),
    );
  if (found.length > limits.maxUrlsPerProduct) {
    const message = `The row has ${found.length} images; ${limits.maxUrlsPerProduct} are allowed.`;
    problems.push(problem('too_many_images', imageColumn, String(found.length), message));
  }
  if (isLarger(found.map(({ url }) => url).join(''), limits.maxCellBytes)) {
    const message = `The row's URLs together are larger than ${limits.maxCellBytes} bytes.`;
    problems.push(problem('urls_too_large', imageColumn, found[0]?.url ?? '', message));
  }
  return problems;
}

function problem(code: RowErrorCode, column: string | undefined, value: string, message: string): Problem {
  return { code, column: column ?? null, value: cut(value, MAX_VALUE_LENGTH), message };
}

function label(cells: string[], at: number | null): string {
  return at === null ? '' : cut((cells[at] ?? '').trim(), MAX_LABEL_LENGTH);
}

function isLarger(text: string, maxBytes: number): boolean {
  return text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes;
}
