import { gzipSync, zipSync } from 'fflate';
import type { CsvFileErrorCode } from '../../lib/csv/csv-error.ts';
import type { CsvEncoding } from '../../lib/csv/read-text.ts';
import { encode } from '../../lib/csv/test-kit.ts';
import { A, type CsvCase, csvClass, GOOD, HEAD } from './csv-case.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const refusals = (
  code: CsvFileErrorCode,
  files: Record<string, [file: () => Buffer | AsyncIterable<Uint8Array>, says: RegExp]>,
): CsvCase[] => Object.entries(files).map(([name, [file, says]]) => ({ name, file, refused: { code, says } }));

const csv = HEAD + GOOD;

const noCsv = refusals('not_a_csv', {
  'an .xlsx workbook': [() => Buffer.from(zipSync({ 'xl/workbook.xml': bytes('<workbook/>') })), /\.xlsx/],
  'a CSV in a ZIP archive': [() => Buffer.from(zipSync({ 'products.csv': bytes(csv) })), /zip archive/],
  'an .xls workbook': [() => bytes('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'.padEnd(600, '\0')), /\.xls/],
  'a CSV behind gzip': [() => Buffer.from(gzipSync(bytes(csv))), /gzip/],
  'a 7z archive': [() => bytes('7z\xbc\xaf\x27\x1c\0\x04'), /7z/],
  'a RAR archive': [() => bytes('Rar!\x1a\x07\x01\0'), /RAR/],
  'an xz archive': [() => bytes('\xfd7zXZ\0\0\x04'), /xz/],
  'a Zstandard archive': [() => bytes('\x28\xb5\x2f\xfd\x24'), /Zstandard/],
  'a PDF': [() => bytes('%PDF-1.7\n'), /PDF/],
  'a rich text document': [() => bytes('{\\rtf1\\ansi S. No.,Image}'), /rich text/],
  'a PNG': [() => bytes('\x89PNG\r\n\x1a\n\0\0\0\rIHDR'), /PNG/],
  'a JPEG': [() => bytes('\xff\xd8\xff\xe0\0\x10JFIF'), /JPEG/],
  'a GIF': [() => bytes('GIF89a\x01\0\x01\0'), /GIF/],
  'a WebP': [() => bytes('RIFF\x24\0\0\0WEBPVP8 '), /WebP/],
  'an SQLite database': [() => bytes('SQLite format 3\0'), /SQLite/],
  'an HTML page': [() => bytes('<!DOCTYPE html><title>Sign in</title>'), /HTML/],
  'an HTML page behind a mark and spaces': [() => Buffer.from('\uFEFF \n<html><table>'), /HTML/],
  'a spreadsheet of XML': [() => bytes('<?xml version="1.0"?><Workbook/>'), /XML/],
  'a program': [() => bytes(`\x7fELF\x02\x01\x01${'\0'.repeat(99)}`), /NUL/],
  'a NUL in a cell': [() => bytes(`${HEAD}1,a\0b,${A}\n`), /NUL/],
  'a NUL in the header': [() => bytes(`S. No.\0,Image URL\n1,${A}\n`), /NUL/],
  'a NUL after a thousand rows': [() => bytes(`${HEAD}${GOOD.repeat(1_000)}2,\0,${A}\n`), /NUL/],
  'NULs for the end of a file that was cut short': [() => bytes(csv + '\0'.repeat(4_096)), /NUL/],
  'a NUL in UTF-16': [() => encode(`${HEAD}1,\0,${A}`, 'utf-16be'), /NUL/],
});

const rowsBefore = (rows: number, last: Buffer) => Buffer.concat([bytes(HEAD + GOOD.repeat(rows)), last]);

const unread = refusals('unsupported_encoding', {
  'Windows-1252 in row 2': [() => bytes(`${HEAD}1,Bl\xe9,${A}\n`), /UTF-8, near line 2\./],
  'Windows-1252 in row 12': [() => rowsBefore(10, bytes(`11,Stra\xdfe,${A}\n`)), /UTF-8, near line 12\./],
  'Windows-1252 in row 50,002': [() => rowsBefore(50_000, bytes(`x,caf\xe9,${A}\n`)), /UTF-8, near line 50002\./],
  'Windows-1252 in the header': [() => bytes(`Gr\xf6\xdfe,Image URL\n1,${A}\n`), /UTF-8, near line 1\./],
  'Mac Roman with lines ended by CR': [() => bytes(`S. No.,Image URL\r1,${A}\r2\x8e,${A}\r`), /UTF-8, near line 3\./],
  'Shift JIS': [() => bytes(`${HEAD}1,\x83\x65\x83\x58,${A}\n`), /UTF-8/],
  GBK: [() => bytes(`${HEAD}1,\xb2\xe2\xca\xd4,${A}\n`), /UTF-8/],
  'KOI8-R': [() => bytes(`${HEAD}1,\xf4\xc5\xd3\xd4,${A}\n`), /UTF-8/],
  'overlong UTF-8': [() => bytes(`${HEAD}1,\xc0\xaf,${A}\n`), /UTF-8/],
  'surrogates in UTF-8': [() => bytes(`${HEAD}1,\xed\xa0\xbd,${A}\n`), /UTF-8/],
  'UTF-8 past the last character': [() => bytes(`${HEAD}1,\xf5\x80\x80\x80,${A}\n`), /UTF-8/],
  'UTF-8 cut in a character': [() => bytes(`${HEAD}1,\xe2\x82`), /UTF-8/],
  'UTF-16LE without a mark': [() => Buffer.from(csv, 'utf16le'), /UTF-16 without a byte-order mark/],
  'UTF-16BE without a mark': [() => Buffer.from(csv, 'utf16le').swap16(), /UTF-16 without a byte-order mark/],
  'UTF-16 cut in a character': [() => encode(csv, 'utf-16le').subarray(0, -1), /UTF-16LE/],
  'UTF-16 with half a pair': [() => encode(`${HEAD}1,\ud83d,${A}`, 'utf-16le'), /UTF-16LE/],
  'UTF-32LE': [() => bytes('\xff\xfe\0\0S\0\0\0'), /UTF-32/],
  'UTF-32BE': [() => bytes('\0\0\xfe\xff\0\0\0S'), /UTF-32/],
});

const noTable = [
  ...refusals('empty_file', {
    'no bytes': [() => bytes(''), /empty/],
    'a byte-order mark': [() => Buffer.from('\uFEFF'), /empty/],
    'blank lines': [() => bytes('\r\n\n  \n\r\n'), /empty/],
  }),
  ...refusals('no_rows', {
    'a header': [() => bytes(HEAD), /no rows/],
    'a header without a line end': [() => bytes('Image URL'), /no rows/],
    'a header and blank rows': [() => bytes(`${HEAD}\n,,\n  \n`), /no rows/],
    'a header of ours alone': [() => bytes('Image URL,Rowpress Error\n'), /no rows/],
  }),
  ...refusals('no_header', {
    'rows without a header': [() => bytes(GOOD.repeat(3)), /already holds a URL/],
    JSON: [() => bytes('[{"sku": 1, "image": "a"}]'), /No image column/],
    prose: [() => bytes('Dear Sir or Madam,\nplease find attached\n'), /No image column/],
    'a log': [() => bytes('2026-01-01T00:00:00Z GET / 200\n'.repeat(99)), /No image column/],
    'an unknown delimiter': [() => bytes(`SKU^Name^Image URL\n1^n^${A}\n`), /No image column/],
    'a heading of 200,000 characters': [() => bytes(`${'x'.repeat(200_000)},Image URL\n1,${A}\n`), /longer than/],
  }),
  ...refusals('malformed_csv', {
    'a quote that never closes': [() => bytes(`${HEAD}${GOOD}2,"n,${A}\n${GOOD}`), /row 3 is never closed/],
    'a quote that never closes, in the header': [() => bytes('SKU,"Image URL\n1,x\n'), /header.*never closed/],
    'a quote that never closes before 20 MB': [
      () => bytes(`${HEAD}1,"${'x'.repeat(20_000_000)}`),
      /longer than 1048576 bytes/,
    ],
    'a row of 2 MB': [() => bytes(`${HEAD}1,${'yyy,'.repeat(500_000)}\n`), /longer than 1048576 bytes/],
    'a row of empty cells without end': [() => stream(`${HEAD}${GOOD}`, ',', 500_000_000), /Row 3 is longer than/],
    'a row of empty cells and quoted line ends without end': [
      () => stream(`${HEAD}${GOOD}`, `${',,,,'.repeat(1_000)}"\n"`, 500_000),
      /Row 3 is longer than/,
    ],
  }),
  ...refusals('too_many_columns', {
    '101 columns': [() => bytes(`Image URL${',c'.repeat(100)}\n${A}\n`), /101 columns; 100/],
    '50,000 columns': [() => bytes(`Image URL${','.repeat(50_000)}\n${A}\n`), /50001 columns; 100/],
  }),
  ...refusals('too_many_rows', {
    'blank lines without end': [() => stream(`Image URL\n${A}\n`, '\n', 500_000_000), /more than 1048576 blank rows/],
  }),
];

/** A file that is made while it is read. */
async function* stream(head: string, row: string, rows: number): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(head));
  const atOnce = Math.max(1, Math.floor(65_536 / row.length));
  const many = Buffer.from(row.repeat(atOnce));
  for (let left = rows; left > 0; left -= atOnce) yield left >= atOnce ? many : Buffer.from(row.repeat(left));
}

const RECORDS = [
  ['1', 'Blé "extra", 5; a|b', A],
  ['2', 'two\nlines', `${A},https://x.example/b,c.jpg`],
  ['3', '日本 😀 \u00a0', A],
];
const HEADINGS = ['S. No.', 'Product Name', 'Input Image Urls'];

const ENCODINGS: [name: string, encoding: CsvEncoding, mark: string][] = [
  ['UTF-8', 'utf-8', ''],
  ['UTF-8 with a mark', 'utf-8', '\uFEFF'],
  ['UTF-16LE', 'utf-16le', ''],
  ['UTF-16BE', 'utf-16be', ''],
];
const DELIMITERS = { commas: ',', semicolons: ';', tabs: '\t', pipes: '|' };
const LINE_ENDS = { LF: ['\n'], CRLF: ['\r\n'], CR: ['\r'], 'mixed ends': ['\r\n', '\n', '\r', '\n'] };
const QUOTES = { 'quotes where needed': false, 'quotes everywhere': true };

const dialects: CsvCase[] = ENCODINGS.flatMap(([encodingName, encoding, mark]) =>
  Object.entries(DELIMITERS).flatMap(([delimiterName, delimiter]) =>
    Object.entries(LINE_ENDS).flatMap(([endsName, ends]) =>
      Object.entries(QUOTES).map(([quotesName, everywhere]) => ({
        name: [encodingName, delimiterName, endsName, quotesName].join(', '),
        file: () => {
          const quoted = (cell: string) =>
            everywhere || /["\n\r,;|\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
          const lines = [HEADINGS, ...RECORDS].map(
            (cells, at) => cells.map(quoted).join(delimiter) + ends[at % ends.length]!,
          );
          return encode(mark + lines.join(''), encoding);
        },
        read: {
          rows: 3,
          errors: [null, null, null],
          holds: (rows) => JSON.stringify(rows.map(({ cells }) => cells)) === JSON.stringify(RECORDS),
        },
      })),
    ),
  ),
);

export const FILES = [
  csvClass({
    input: 'Files that are something else, or binary',
    ends: 'not_a_csv, which says what it is',
    list: noCsv,
  }),
  csvClass({
    input: 'Encodings other than UTF-8 and marked UTF-16',
    ends: 'unsupported_encoding, which says near which line',
    list: unread,
  }),
  csvClass({
    input: 'No rows, no header, no end: tables that are none',
    ends: 'empty_file, no_rows, no_header, malformed_csv, too_many_columns or too_many_rows',
    list: noTable,
  }),
  csvClass({
    input: 'Every encoding, delimiter, line end and way of quoting',
    ends: 'the same three rows',
    list: dialects,
  }),
];
