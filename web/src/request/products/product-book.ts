import type { Product } from '../../api/types.ts';

/** The state of a request: it changes whenever a product has settled, or may have been settled anew. */
export type Version = { generation: number; ended: boolean; settled: number };

/**
 * A run of products as one call gave it: those settled on the server's pages `from` up to, not including, `to`
 * (null: up to the last that has begun). `version` tells in which state of the request it was read; null: it was not.
 */
export type Chunk = { from: number; to: number | null; version: Version | null; items: Product[] };

/** The chunks read so far, in the order of the file; what is between two of them is a chunk that was not read. */
export type ProductBook = readonly Chunk[];

/** What is looked at: positions in the list. */
export type Range = { first: number; last: number };

/** More than a chunk holds: what is looked at is followed by another chunk, which tells whether its last page is full. */
const NEAR_END = 130;
/** Below the header. */
const FIRST_ROW = 2;

/** Puts what was read in the place of what it covers. A fuller answer covers less: the rest of its place is read next. */
export function putChunk(book: ProductBook, fresh: Chunk): ProductBook {
  const end = fresh.to ?? Infinity;
  const before = book.filter(({ from }) => from < fresh.from);
  const after = book.filter(({ from, to }) => from > fresh.from && (to ?? Infinity) > end);
  const next = after[0];
  const hole: Chunk[] = next && end < next.from ? [{ from: end, to: next.from, version: null, items: [] }] : [];
  return [...before, fresh, ...hole, ...after];
}

export type Entry = { product: Product; chunk: number };

/** The products in the order of the file. A row that two chunks hold is taken from the one further on. */
export function entriesOf(book: ProductBook): Entry[] {
  const byRow = new Map<number, Entry>();
  book.forEach(({ items }, chunk) => {
    for (const product of items) byRow.set(product.row, { product, chunk });
  });
  const entries = [...byRow.values()];
  const isSorted = entries.every(({ product }, at) => product.row > (entries[at - 1]?.product.row ?? 0));
  return isSorted ? entries : entries.sort((a, b) => a.product.row - b.product.row);
}

export type Look = { range: Range; version: Version };

/** From which of the server's pages on to read next: first what is missing, then what is looked at and out of date. */
export function nextFetch(book: ProductBook, entries: readonly Entry[], { range, version }: Look): number | null {
  const missing = nextMissing(book, entries, range);
  if (missing !== null) return missing;
  const { first, end } = lookedAt(book, entries, range);
  const stale = book.filter((_, at) => at >= first && at < end && !isUpToDate(book, at, version));
  // While all go out of date time and again, each has its turn.
  return stale.sort((a, b) => settledAt(a, version) - settledAt(b, version))[0]?.from ?? null;
}

/** The same of what was never read: a hole in or beside what is looked at, or what follows when its end is near. */
export function nextMissing(book: ProductBook, entries: readonly Entry[], range: Range): number | null {
  const lastChunk = book.at(-1);
  if (!lastChunk) return 0;
  const { first, end } = lookedAt(book, entries, range);
  const hole = book.slice(Math.max(first - 1, 0), end + 1).find(({ version }) => version === null);
  return hole?.from ?? (isNearEnd(entries, range) ? lastChunk.to : null);
}

/** Whether there is more than was read, as far as that is known. */
export const hasMore = (book: ProductBook): boolean =>
  book.some(({ version }) => version === null) || (book.at(-1)?.to ?? null) !== null;

/** Near the end the last chunk is looked at too: more may come there. */
function lookedAt(book: ProductBook, entries: readonly Entry[], range: Range): { first: number; end: number } {
  const chunkAt = (position: number) => entries[Math.min(position, entries.length - 1)]?.chunk ?? 0;
  // The first chunk may hold nothing so far, and so be that of no entry.
  const first = range.first === 0 ? 0 : chunkAt(range.first);
  return { first, end: isNearEnd(entries, range) ? book.length : chunkAt(range.last) + 1 };
}

const isNearEnd = (entries: readonly Entry[], { last }: Range): boolean => last >= entries.length - NEAR_END;

function isUpToDate(book: ProductBook, at: number, version: Version): boolean {
  const chunk = book[at];
  if (!chunk || !isSameRun(chunk.version, version)) return false;
  if (chunk.version?.settled === version.settled) return true;
  return isFull(book, at) && chunk.items.every((product) => isFinal(product, version.generation));
}

/** How far the run had come when this was read. */
const settledAt = ({ version }: Chunk, now: Version): number =>
  isSameRun(version, now) ? (version?.settled ?? 0) : -1;

const isSameRun = (version: Version | null, { generation, ended }: Version): boolean =>
  version?.generation === generation && version.ended === ended;

/** As the rows in it and on both sides tell. Where the file has blank rows it never is: that costs reads, no more. */
function isFull(book: ProductBook, at: number): boolean {
  const rows = book[at]?.items.map(({ row }) => row) ?? [];
  const before = at === 0 ? FIRST_ROW - 1 : book[at - 1]?.items.at(-1)?.row;
  const after = book[at + 1]?.items[0]?.row;
  const all = [before, ...rows, after];
  return rows.length > 0 && all.every((row, place) => place === 0 || row === (all[place - 1] ?? NaN) + 1);
}

/** A retry leaves alone only what is done; before it settles the others they are listed as they were. */
const isFinal = ({ status }: Product, generation: number): boolean => generation === 1 || status === 'COMPLETED';
