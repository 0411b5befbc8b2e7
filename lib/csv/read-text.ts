import { TextDecoder } from 'node:util';
import { CsvFileError } from './csv-error.ts';

export type CsvEncoding = 'utf-8' | 'utf-16le' | 'utf-16be';

const PIECE_BYTES = 65_536;
const START_BYTES = 4_096;

const FOREIGN_FORMATS = [
  { hex: '504b0304', what: 'a zip archive or an Excel workbook (.xlsx)' },
  { hex: 'd0cf11e0', what: 'an Excel workbook (.xls)' },
  { hex: '1f8b', what: 'a gzip archive' },
  { hex: '25504446', what: 'a PDF document' },
  { hex: '89504e47', what: 'a PNG image' },
  { hex: 'ffd8ff', what: 'a JPEG image' },
  { hex: '47494638', what: 'a GIF image' },
  { hex: '377abcaf271c', what: 'a 7z archive' },
  { hex: '526172211a07', what: 'a RAR archive' },
  { hex: 'fd377a585a00', what: 'an xz archive' },
  { hex: '28b52ffd', what: 'a Zstandard archive' },
  { hex: '7b5c727466', what: 'a rich text document' },
  { hex: '53514c69746520666f726d6174', what: 'an SQLite database' },
  { hex: '52494646', what: 'a WebP image or another RIFF file' },
];

const BYTE_ORDER_MARKS: { hex: string; encoding: CsvEncoding | 'utf-32' }[] = [
  { hex: 'fffe0000', encoding: 'utf-32' },
  { hex: '0000feff', encoding: 'utf-32' },
  { hex: 'fffe', encoding: 'utf-16le' },
  { hex: 'feff', encoding: 'utf-16be' },
];

/** Passes the source on in pieces of at most 64 KiB, so that one huge chunk is not decoded and parsed at once. */
export async function* inPieces(source: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array, void> {
  let total = 0;
  for await (const chunk of source) {
    total += chunk.length;
    if (total > maxBytes) {
      throw new CsvFileError('file_too_large', `The file is larger than ${maxBytes} bytes.`, { maxBytes });
    }
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) yield chunk.subarray(at, at + PIECE_BYTES);
  }
}

/** Tells the encoding from the first bytes and decodes strictly; a byte-order mark is not part of the text. */
export async function openText(
  pieces: AsyncGenerator<Uint8Array, void>,
): Promise<{ encoding: CsvEncoding; text: AsyncGenerator<string, void> }> {
  const start = await readStart(pieces);
  refuseForeignFormat(start);
  const encoding = encodingOf(start);
  return { encoding, text: decode(start, pieces, encoding) };
}

async function readStart(pieces: AsyncGenerator<Uint8Array, void>): Promise<Buffer> {
  let start = Buffer.alloc(0);
  while (start.length < START_BYTES) {
    const next = await pieces.next();
    if (next.done) break;
    start = Buffer.concat([start, next.value]);
  }
  return start;
}

function refuseForeignFormat(start: Buffer): void {
  const isMarkup = /^\uFEFF?\s*<(?:!doctype|html|\?xml)/i.test(start.toString('utf8', 0, 200));
  const what = isMarkup ? 'an HTML or XML document' : FOREIGN_FORMATS.find(({ hex }) => startsWith(start, hex))?.what;
  if (what)
    throw new CsvFileError('not_a_csv', `The file is ${what}, not a CSV. Save it as "CSV UTF-8" first.`, { what });
}

function encodingOf(start: Buffer): CsvEncoding {
  const marked = BYTE_ORDER_MARKS.find(({ hex }) => startsWith(start, hex))?.encoding;
  if (marked === 'utf-32') throw unsupportedEncoding('The file is UTF-32.');
  if (marked) return marked;
  if (start.length > 1 && (start[0] === 0) !== (start[1] === 0)) {
    throw unsupportedEncoding('The file looks like UTF-16 without a byte-order mark.');
  }
  return 'utf-8';
}

async function* decode(
  start: Buffer,
  rest: AsyncIterable<Uint8Array>,
  encoding: CsvEncoding,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let line = 1;
  const decoded = (piece?: Uint8Array): string => {
    const text = decodePiece(decoder, line, piece);
    line += breaksIn(text);
    return text;
  };
  yield decoded(start);
  for await (const piece of rest) yield decoded(piece);
  yield decoded();
}

function decodePiece(decoder: TextDecoder, line: number, piece?: Uint8Array): string {
  let text: string;
  try {
    text = decoder.decode(piece, { stream: piece !== undefined });
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const where = line + breaksIn(readablePart(decoder.encoding, piece));
    throw unsupportedEncoding(
      `The file holds bytes that are not ${decoder.encoding.toUpperCase()}, near line ${where}.`,
    );
  }
  if (text.includes('\0')) {
    throw new CsvFileError('not_a_csv', 'The file holds NUL bytes: it is a binary file or damaged, not a CSV.', {
      what: 'NUL bytes',
    });
  }
  return text;
}

/** What comes before the first bad bytes; at its start a piece may hold the rest of a good character. */
function readablePart(encoding: string, piece?: Uint8Array): string {
  const text = new TextDecoder(encoding).decode(piece);
  return text.slice(0, Math.max(0, text.indexOf('\uFFFD', 3)));
}

function breaksIn(text: string): number {
  const ends = text.includes('\n') ? '\n' : '\r';
  let breaks = 0;
  for (let at = text.indexOf(ends); at !== -1; at = text.indexOf(ends, at + 1)) breaks += 1;
  return breaks;
}

function unsupportedEncoding(found: string): CsvFileError {
  return new CsvFileError(
    'unsupported_encoding',
    `${found} Save it as "CSV UTF-8"; UTF-8, and UTF-16 with a byte-order mark, can be read.`,
  );
}

function startsWith(start: Buffer, hex: string): boolean {
  return start.toString('hex', 0, hex.length / 2) === hex;
}
