import { stringify } from 'csv-stringify/sync';
import { neutralise } from './neutralise.ts';
import { FAILED_COLUMNS, RESULT_COLUMNS } from './own-columns.ts';
import type { CsvFile } from './read-products.ts';

/** `outputUrls` has the slots of the product's image URLs, with '' where an image failed. */
export type ProductOutcome = {
  outputUrls: string[];
  status: string;
  error: string;
  bytesIn: number;
  bytesOut: number;
};

type WrittenFile = Pick<CsvFile, 'dialect' | 'header'>;
type LineWriter = (cells: string[], own: string[]) => string;

// Excel reads UTF-8 only behind a byte-order mark.
const BYTE_ORDER_MARK = '\uFEFF';

/** The result CSV as text to be written as UTF-8: every input row and column, and how each product ended. */
export function resultWriter(file: WrittenFile): {
  head: () => string;
  row: (cells: string[], outcome: ProductOutcome) => string;
} {
  const line = lineWriter(file);
  return {
    head: () => BYTE_ORDER_MARK + line(file.header, RESULT_COLUMNS),
    row: (cells, { outputUrls, status, error, bytesIn, bytesOut }) =>
      line(cells, [outputUrls.join(','), status, error, String(bytesIn), String(bytesOut)]),
  };
}

/** The failed-rows CSV as text to be written as UTF-8: the input rows and why they failed, to be mended and sent again. */
export function failedWriter(file: WrittenFile): {
  head: () => string;
  row: (cells: string[], errorText: string) => string;
} {
  const line = lineWriter(file);
  return {
    head: () => BYTE_ORDER_MARK + line(file.header, FAILED_COLUMNS),
    row: (cells, errorText) => line(cells, [errorText]),
  };
}

/** Short rows are padded; cells beyond the header follow after our columns, where they are read back from. */
function lineWriter({ dialect, header }: WrittenFile): LineWriter {
  const options = {
    delimiter: dialect.delimiter,
    record_delimiter: '\r\n',
    // Setting a record delimiter would otherwise leave lone CR and LF in cells unquoted.
    quote_record_delimiter: true,
    // LibreOffice takes comma, semicolon and tab for separators, all at once; quotes keep a cell whole.
    quoted_match: /[,;\t|]/,
  };
  return (cells, own) => {
    const named = header.map((_, at) => cells[at] ?? '');
    const record = [...named, ...own, ...cells.slice(header.length)];
    return stringify([record.map(neutralise)], options);
  };
}
