import { LIMITS } from './limits.ts';
import type { Layout } from './read-header.ts';
import { splitUrls, startsWithUrl } from './split-urls.ts';

/** `row` is the number a spreadsheet shows; `column` is null for a cell beyond the header. */
export type RowProblem = { row: number; column: string | null; code: string; value: string; message: string };

/** With problems there are no `imageUrls`: nothing of such a row is fetched. */
export type PreviewRow = {
  row: number;
  serialNumber: string;
  productName: string;
  imageUrls: string[];
  cells: string[];
  problems: RowProblem[];
};

type Problem = Omit<RowProblem, 'row'>;
type FoundUrl = { url: string; column: string | null };

const MAX_VALUE_LENGTH = 100;
const MAX_PROBLEMS_PER_ROW = 10;
const encoder = new TextEncoder();

/** Reads one row as the server will. */
export function readRow(cells: string[], row: number, { header, columns }: Layout): PreviewRow {
  const cellProblems = [...oversizedCells(cells, header), ...strayCells(cells, header)];
  const found = cellProblems.length > 0 ? [] : findUrls(cells, { header, columns });
  const problems = cellProblems.length > 0 ? cellProblems : urlProblems(found, header[columns.imageUrls[0] ?? -1]);
  return {
    row,
    serialNumber: label(cells, columns.serialNumber),
    productName: label(cells, columns.productName),
    imageUrls: problems.length > 0 ? [] : found.map(({ url }) => url),
    cells,
    problems: problems.slice(0, MAX_PROBLEMS_PER_ROW).map((problem) => ({ row, ...problem })),
  };
}

function oversizedCells(cells: string[], header: string[]): Problem[] {
  return cells.flatMap((cell, at) =>
    isLarger(cell)
      ? [problem('cell_too_large', header[at], cell, `The cell is larger than ${LIMITS.cellBytes} bytes.`)]
      : [],
  );
}

/** One problem, however many they are: a quote that is missing makes several at once. */
function strayCells(cells: string[], header: string[]): Problem[] {
  const stray = cells
    .slice(header.length)
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '' && !startsWithUrl(cell));
  if (stray.length === 0) return [];
  const message = 'The row has more cells than the header. Does a cell need quotes?';
  return [problem('extra_cells', undefined, stray.join(', '), message)];
}

function findUrls(cells: string[], { header, columns }: Pick<Layout, 'header' | 'columns'>): FoundUrl[] {
  const named = columns.imageUrls.flatMap((at) =>
    splitUrls(cells[at] ?? '').map((url) => ({ url, column: header[at] ?? null })),
  );
  const extra = cells.slice(header.length).flatMap(splitUrls);
  return [...named, ...extra.map((url) => ({ url, column: null }))];
}

function urlProblems(found: FoundUrl[], imageColumn: string | undefined): Problem[] {
  if (found.length === 0) return [problem('no_images', imageColumn, '', 'The row has no image URL.')];
  const problems = found
    .filter(({ url }) => url.length > LIMITS.urlLength)
    .map(({ url, column }) =>
      problem('url_too_long', column ?? undefined, url, `The URL is longer than ${LIMITS.urlLength} characters.`),
    );
  if (found.length > LIMITS.urlsPerProduct) {
    const message = `The row has ${found.length} images; ${LIMITS.urlsPerProduct} are allowed.`;
    problems.push(problem('too_many_images', imageColumn, String(found.length), message));
  }
  if (isLarger(found.map(({ url }) => url).join(''))) {
    const message = `The row's URLs together are larger than ${LIMITS.cellBytes} bytes.`;
    problems.push(problem('urls_too_large', imageColumn, found[0]?.url ?? '', message));
  }
  return problems;
}

function problem(code: string, column: string | undefined, value: string, message: string): Problem {
  return { code, column: column ?? null, value: cut(value, MAX_VALUE_LENGTH), message };
}

const label = (cells: string[], at: number | null) => (at === null ? '' : cut((cells[at] ?? '').trim(), 1_000));

const isLarger = (text: string) => text.length * 3 > LIMITS.cellBytes && encoder.encode(text).length > LIMITS.cellBytes;

/** Never ends in half a character. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const start = text.slice(0, length);
  return start.isWellFormed() ? start : start.slice(0, -1);
}
