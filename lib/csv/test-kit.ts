import { DEFAULT_CSV_LIMITS } from './limits.ts';
import { type CsvFile, type CsvRow, openCsv } from './read-products.ts';
import type { CsvEncoding } from './read-text.ts';

/** Encodes text as a file, with the byte-order mark that UTF-16 needs. */
export function encode(text: string, encoding: CsvEncoding = 'utf-8'): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text);
  const littleEndian = Buffer.from(`\uFEFF${text}`, 'utf16le');
  return encoding === 'utf-16le' ? littleEndian : littleEndian.swap16();
}

/** Streams bytes in chunks whose sizes repeat. */
export async function* inChunks(bytes: Uint8Array, sizes: number[] = [bytes.length]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    yield await Promise.resolve(bytes.subarray(at, at + size));
    at += size;
  }
}

/** Opens a CSV held in memory and reads all of its rows. */
export async function readAll(
  input: string | Buffer,
  { limits = {}, chunkSizes }: { limits?: Partial<typeof DEFAULT_CSV_LIMITS>; chunkSizes?: number[] } = {},
): Promise<CsvFile & { all: CsvRow[] }> {
  const bytes = typeof input === 'string' ? encode(input) : input;
  const file = await openCsv(inChunks(bytes, chunkSizes), { ...DEFAULT_CSV_LIMITS, ...limits });
  return { ...file, all: await collect(file.rows) };
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
