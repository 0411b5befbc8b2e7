import { LIMITS } from './limits.ts';
import { SAVE_AS_CSV, UnreadableCsv } from './unreadable-csv.ts';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

const PIECE_BYTES = 262_144;
const START_BYTES = 4_096;

const UNPACK = 'Unpack it, and choose the CSV in it.';
const CHOOSE_CSV = 'Pictures are fetched from the addresses in a CSV. Choose that CSV.';

const FOREIGN_FORMATS: { hex: string; what: string; todo?: string }[] = [
  { hex: '504b0304', what: 'a zip archive or an Excel workbook (.xlsx)', todo: SAVE_AS_CSV },
  { hex: 'd0cf11e0', what: 'an Excel workbook (.xls)', todo: SAVE_AS_CSV },
  { hex: '1f8b', what: 'a gzip archive', todo: UNPACK },
  { hex: '25504446', what: 'a PDF document' },
  { hex: '89504e47', what: 'a PNG image', todo: CHOOSE_CSV },
  { hex: 'ffd8ff', what: 'a JPEG image', todo: CHOOSE_CSV },
  { hex: '47494638', what: 'a GIF image', todo: CHOOSE_CSV },
  { hex: '377abcaf271c', what: 'a 7z archive', todo: UNPACK },
  { hex: '526172211a07', what: 'a RAR archive', todo: UNPACK },
  { hex: 'fd377a585a00', what: 'an xz archive', todo: UNPACK },
  { hex: '28b52ffd', what: 'a Zstandard archive', todo: UNPACK },
  { hex: '7b5c727466', what: 'a rich text document' },
  { hex: '53514c69746520666f726d6174', what: 'an SQLite database' },
  { hex: '52494646', what: 'a WebP image or another RIFF file', todo: CHOOSE_CSV },
];

const MARKUP = { what: 'an HTML or XML document', todo: SAVE_AS_CSV };

const BYTE_ORDER_MARKS: { hex: string; encoding: Encoding | 'utf-32' }[] = [
  { hex: 'fffe0000', encoding: 'utf-32' },
  { hex: '0000feff', encoding: 'utf-32' },
  { hex: 'fffe', encoding: 'utf-16le' },
  { hex: 'feff', encoding: 'utf-16be' },
];

/** A piece of the text, and how much of the file has been read with it (0 to 1). */
export type TextPiece = { text: string; share: number };

/** Tells the encoding from the first bytes and decodes strictly. Throws UnreadableCsv, here and while it is read. */
export async function openText(file: Blob): Promise<{ encoding: Encoding; pieces: AsyncGenerator<TextPiece, void> }> {
  if (file.size > LIMITS.fileBytes) {
    throw new UnreadableCsv('file_too_large', `The file is larger than ${LIMITS.fileBytes} bytes.`);
  }
  const start = await bytesOf(file, 0, START_BYTES);
  refuseForeignFormat(start);
  const encoding = encodingOf(start);
  return { encoding, pieces: decode(file, encoding) };
}

async function* decode(file: Blob, encoding: Encoding): AsyncGenerator<TextPiece, void> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  for (let at = 0; at < file.size; at += PIECE_BYTES) {
    const isLast = at + PIECE_BYTES >= file.size;
    const text = strictly(decoder, await bytesOf(file, at, at + PIECE_BYTES), isLast);
    if (text.includes('\0')) {
      throw new UnreadableCsv('not_a_csv', 'The file holds NUL bytes: it is a binary file or damaged, not a CSV.');
    }
    yield { text, share: Math.min(1, (at + PIECE_BYTES) / file.size) };
  }
}

function strictly(decoder: TextDecoder, bytes: Uint8Array, isLast: boolean): string {
  try {
    return decoder.decode(bytes, { stream: !isLast });
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw unsupportedEncoding(`The file holds bytes that are not ${decoder.encoding.toUpperCase()}.`);
  }
}

async function bytesOf(file: Blob, from: number, to: number): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.slice(from, to).arrayBuffer());
  } catch {
    // A File is only a promise: it can be changed, moved or unplugged after it was chosen.
    throw new UnreadableCsv('not_readable', 'The file was changed or moved since it was chosen. Choose it again.');
  }
}

function refuseForeignFormat(start: Uint8Array): void {
  const isMarkup = /^\uFEFF?\s*<(?:!doctype|html|\?xml)/i.test(new TextDecoder().decode(start.subarray(0, 200)));
  const found = isMarkup ? MARKUP : FOREIGN_FORMATS.find(({ hex }) => startsWith(start, hex));
  if (!found) return;
  const { what, todo } = found;
  // Only what a spreadsheet opens can be saved as another file by it.
  const saveIt = todo === SAVE_AS_CSV ? ' Save it as "CSV UTF-8" first.' : '';
  throw new UnreadableCsv('not_a_csv', `The file is ${what}, not a CSV.${saveIt}`, todo);
}

function encodingOf(start: Uint8Array): Encoding {
  const marked = BYTE_ORDER_MARKS.find(({ hex }) => startsWith(start, hex))?.encoding;
  if (marked === 'utf-32') throw unsupportedEncoding('The file is UTF-32.');
  if (marked) return marked;
  if (start.length > 1 && (start[0] === 0) !== (start[1] === 0)) {
    throw unsupportedEncoding('The file looks like UTF-16 without a byte-order mark.');
  }
  return 'utf-8';
}

const unsupportedEncoding = (found: string) =>
  new UnreadableCsv(
    'unsupported_encoding',
    `${found} Save it as "CSV UTF-8"; UTF-8, and UTF-16 with a byte-order mark, can be read.`,
  );

function startsWith(start: Uint8Array, hex: string): boolean {
  const begin = [...start.subarray(0, hex.length / 2)].map((byte) => byte.toString(16).padStart(2, '0'));
  return begin.join('') === hex;
}
