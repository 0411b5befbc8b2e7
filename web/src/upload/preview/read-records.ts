import { parse, type CsvError } from 'csv-parse/browser/esm';
import { LIMITS } from './limits.ts';
import { UnreadableCsv } from './unreadable-csv.ts';

export type Delimiter = ',' | ';' | '\t' | '|';

// By the same parser as the server, and as tolerant.
const TOLERANT = { record_delimiter: ['\r\n', '\n', '\r'], relax_quotes: true, relax_column_count: true };

// A row this long is no row: a quote was opened and never closed.
const MAX_ROW_BYTES = LIMITS.cellBytes * 16;
const MAX_TEXT_WITHOUT_ROW = MAX_ROW_BYTES * 4;

export type RecordReader = {
  /** The records that end in this text. Throws UnreadableCsv. */
  read: (text: string) => Promise<string[][]>;
  /** What was still open. Throws UnreadableCsv. */
  end: () => Promise<string[][]>;
  /** What had ended before something was wrong. */
  rest: () => string[][];
};

/** Cuts text, given piece by piece, into records. */
export function recordReader(delimiter: Delimiter): RecordReader {
  const parser = parse({ ...TOLERANT, delimiter, max_record_size: MAX_ROW_BYTES });
  let records: string[][] = [];
  let before = 0;
  let lengthSince = 0;
  parser.on('data', (cells: string[]) => records.push(cells));
  const ended = new Promise<void>((resolve, reject) => {
    parser.on('end', resolve);
    parser.on('error', (error: CsvError) => reject(malformed(error)));
  });
  const taken = () => {
    const found = records;
    records = [];
    before += found.length;
    return found;
  };
  return {
    async read(text) {
      await Promise.race([ended, new Promise<void>((resolve) => parser.write(text, () => resolve()))]);
      lengthSince = records.length > 0 ? 0 : lengthSince + text.length;
      if (lengthSince > MAX_TEXT_WITHOUT_ROW) throw rowTooLong(before + 1);
      return taken();
    },
    async end() {
      parser.end();
      await ended;
      return taken();
    },
    rest: taken,
  };
}

function malformed(error: CsvError): UnreadableCsv {
  const row = Number(error.records) + 1;
  if (error.code === 'CSV_MAX_RECORD_SIZE') return rowTooLong(row);
  return new UnreadableCsv('malformed_csv', `A quote that opens in row ${row} is never closed.`);
}

const rowTooLong = (row: number) =>
  new UnreadableCsv(
    'malformed_csv',
    `Row ${row} is longer than ${MAX_ROW_BYTES} bytes: a quote in it is probably never closed.`,
  );
