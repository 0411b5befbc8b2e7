import type { Columns } from './find-columns.ts';
import { LIMITS } from './limits.ts';
import { restore } from './own-columns.ts';
import { type Layout, readHeader } from './read-header.ts';
import { type Delimiter, recordReader } from './read-records.ts';
import { type PreviewRow, readRow, type RowProblem } from './read-row.ts';
import { type Encoding, openText, type TextPiece } from './read-text.ts';
import { startsWithUrl } from './split-urls.ts';
import { UnreadableCsv } from './unreadable-csv.ts';

/** What was understood of a CSV so far. */
export type Preview = {
  encoding: Encoding;
  delimiter: Delimiter;
  header: string[];
  columns: Columns;
  rows: number;
  images: number;
  /** Image addresses that do not begin with http:// or https://: they will end with an error. */
  oddAddresses: number;
  /** The first rows that hold such addresses, by the number a spreadsheet shows. */
  oddRows: number[];
  problemRows: number;
  firstProblems: RowProblem[];
  firstRows: PreviewRow[];
  /** Part of the file that has been read, 0 to 1; at 1 the figures are final. */
  share: number;
};

const HEADER_CHARACTERS = 131_072;
const MAX_BLANK_ROWS = 1_048_576;
const ROWS_SHOWN = 5;
const PROBLEMS_SHOWN = 50;
const ODD_ROWS_KEPT = 20;

/** Reads a file as the server will, and tells what it has found after each piece of it. Throws UnreadableCsv. */
export async function* inspectCsv(file: Blob): AsyncGenerator<Preview, void> {
  const { encoding, pieces } = await openText(file);
  const head = await readHead(pieces);
  const layout = await readHeader(head.records);
  const findings = startFindings(encoding, layout);
  const take = recordTaker(findings, layout);
  const reader = recordReader(layout.delimiter);
  take(await reader.read(head.text.slice(layout.textStart)));
  yield { ...findings, share: Math.min(head.share, 0.99) };
  for await (const { text, share } of pieces) {
    take(await reader.read(text));
    yield { ...findings, share: Math.min(share, 0.99) };
  }
  take(await reader.end());
  if (findings.rows === 0) throw new UnreadableCsv('no_rows', 'The file has a header and no rows.');
  yield { ...findings, share: 1 };
}

/** `records` is the part of the text that surely ends with a record, or with the file. */
async function readHead(pieces: AsyncGenerator<TextPiece, void>): Promise<TextPiece & { records: string }> {
  let head = '';
  let share = 0;
  while (head.length < HEADER_CHARACTERS) {
    const next = await pieces.next();
    if (next.done) return { text: head, records: head, share: 1 };
    head += next.value.text;
    share = next.value.share;
  }
  const lastBreak = Math.max(head.lastIndexOf('\n'), head.lastIndexOf('\r'));
  if (lastBreak < 0) {
    const message = `The first row is longer than ${HEADER_CHARACTERS} characters.`;
    throw new UnreadableCsv('no_header', message, 'Export your products as a CSV, one in a row, and choose that file.');
  }
  return { text: head, records: head.slice(0, lastBreak + 1), share };
}

const startFindings = (encoding: Encoding, { delimiter, header, columns }: Layout): Preview => ({
  ...{ encoding, delimiter, header, columns, share: 0 },
  ...{ rows: 0, images: 0, oddAddresses: 0, oddRows: [], problemRows: 0, firstProblems: [], firstRows: [] },
});

/** Counts every record but blank ones and the header. */
function recordTaker(findings: Preview, layout: Layout): (records: string[][]) => void {
  let row = 0;
  let headerSeen = false;
  const takeRecord = (record: string[]) => {
    row += 1;
    const cells = withoutOwnColumns(record, layout);
    if (cells.every((cell) => cell.trim() === '')) {
      if (row - findings.rows > MAX_BLANK_ROWS) throw tooManyRows(MAX_BLANK_ROWS, 'blank rows');
    } else if (headerSeen) {
      if (findings.rows >= LIMITS.rows) throw tooManyRows(LIMITS.rows, 'rows');
      addRow(findings, readRow(cells, row, layout));
    } else {
      headerSeen = true;
    }
  };
  return (records) => records.forEach(takeRecord);
}

function addRow(findings: Preview, row: PreviewRow): void {
  findings.rows += 1;
  findings.images += row.imageUrls.length;
  const odd = row.imageUrls.filter((url) => !startsWithUrl(url)).length;
  findings.oddAddresses += odd;
  if (odd > 0 && findings.oddRows.length < ODD_ROWS_KEPT) findings.oddRows = [...findings.oddRows, row.row];
  if (findings.firstRows.length < ROWS_SHOWN) findings.firstRows = [...findings.firstRows, row];
  if (row.problems.length === 0) return;
  findings.problemRows += 1;
  const room = PROBLEMS_SHOWN - findings.firstProblems.length;
  if (room > 0) findings.firstProblems = [...findings.firstProblems, ...row.problems.slice(0, room)];
}

function withoutOwnColumns(record: string[], { header, ownColumns }: Layout): string[] {
  if (ownColumns === 0) return record;
  return [...record.slice(0, header.length), ...record.slice(header.length + ownColumns)].map(restore);
}

const tooManyRows = (most: number, what: string) =>
  new UnreadableCsv('too_many_rows', `The file has more than ${most} ${what}.`);
