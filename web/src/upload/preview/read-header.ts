import { type Columns, findColumns } from './find-columns.ts';
import { LIMITS } from './limits.ts';
import { countOwnColumns, restore } from './own-columns.ts';
import { type Delimiter, recordReader } from './read-records.ts';
import { startsWithUrl } from './split-urls.ts';
import { UnreadableCsv } from './unreadable-csv.ts';

/** `ownColumns` of Rowpress followed the header in the file; the records begin at `textStart`. */
export type Layout = {
  delimiter: Delimiter;
  header: string[];
  columns: Columns;
  ownColumns: number;
  textStart: number;
};

type Candidate = Omit<Layout, 'textStart'> & { recognised: number; isOpen: boolean };

const DELIMITERS: Delimiter[] = [',', ';', '\t', '|'];
const EXCEL_SEPARATOR_LINE = /^"?sep=([,;|\t])"?(?:\r\n|\n|\r)/i;

const PIECE_LENGTH = 4_096;

/** Reads the header from the first records; the right delimiter is the one that makes most sense of it. Throws UnreadableCsv. */
export async function readHeader(text: string): Promise<Layout> {
  const separatorLine = EXCEL_SEPARATOR_LINE.exec(text);
  const textStart = separatorLine?.[0].length ?? 0;
  const possible = DELIMITERS.filter((delimiter) => !separatorLine || delimiter === separatorLine[1]);
  const records = text.slice(textStart);
  const candidates = await Promise.all(possible.map((delimiter) => readWith(delimiter, records)));
  const best = candidates.reduce((a, b) => (makesMoreSense(b, a) ? b : a));
  if (best.columns.imageUrls.length === 0) throw whyNone(best, candidates);
  if (best.header.length > LIMITS.columns) {
    const message = `The file has ${best.header.length} columns; ${LIMITS.columns} are allowed.`;
    throw new UnreadableCsv('too_many_columns', message);
  }
  const { delimiter, header, columns, ownColumns } = best;
  return { delimiter, header, columns, ownColumns, textStart };
}

async function readWith(delimiter: Delimiter, records: string): Promise<Candidate> {
  const record = await firstRecord(delimiter, records);
  const cells = record ?? [];
  const ownColumns = countOwnColumns(cells);
  const header = ownColumns > 0 ? cells.slice(0, -ownColumns).map(restore) : cells;
  const columns = findColumns(header);
  const labels = [columns.serialNumber, columns.productName].filter((column) => column !== null);
  const recognised = columns.imageUrls.length + labels.length;
  return { delimiter, header, columns, ownColumns, recognised, isOpen: record === null };
}

/** Null where a quote opens and never closes. */
async function firstRecord(delimiter: Delimiter, text: string): Promise<string[] | null> {
  if (text === '') return []; // csv-parse's build for browsers fails on no text at all.
  const reader = recordReader(delimiter);
  try {
    // Piece by piece, because what comes behind the header may be broken in its own way.
    for (let at = 0; at < text.length; at += PIECE_LENGTH) {
      const found = firstFilled(await reader.read(text.slice(at, at + PIECE_LENGTH)));
      if (found) return found;
    }
    return firstFilled(await reader.end()) ?? [];
  } catch (cause) {
    if (!(cause instanceof UnreadableCsv)) throw cause;
    // The parser holds back the end of a text: the header may be whole, and only what follows it open.
    return firstFilled(reader.rest()) ?? null;
  }
}

const firstFilled = (records: string[][]) => records.find((cells) => cells.some((cell) => cell.trim() !== ''));

function makesMoreSense(a: Candidate, b: Candidate): boolean {
  return a.recognised === b.recognised ? a.header.length > b.header.length : a.recognised > b.recognised;
}

function whyNone({ header }: Candidate, candidates: Candidate[]): UnreadableCsv {
  if (candidates.some(({ isOpen }) => isOpen)) {
    return new UnreadableCsv('malformed_csv', 'A quote that opens in the header is never closed.');
  }
  if (header.length === 0) return new UnreadableCsv('empty_file', 'The file is empty.');
  const seen = header.slice(0, 20).map((heading) => heading.trim().slice(0, 100));
  if (header.some(startsWithUrl)) {
    const message =
      'The first row already holds a URL. It must hold the column names, such as "S. No.", "Product Name", "Input Image Urls".';
    return new UnreadableCsv(
      'no_header',
      message,
      'Put a row with the column names above it, and choose the file again.',
    );
  }
  const message = `No image column found, such as "Input Image Urls" or "Image URL". The first row holds: ${seen.join(', ')}.`;
  return new UnreadableCsv('no_header', message);
}
