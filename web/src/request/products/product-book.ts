import type { Product } from '../../api/types.ts';

/**
 * A run of products as one call gave it: those settled on the server's pages `from` up to, not including, `to`
 * (null: up to the last that has begun). `version` tells in which state of the request it was read.
 */
export type Chunk = { from: number; to: number | null; version: string; items: Product[] };

/** The chunks read so far, in the order of the file, without holes. */
export type ProductBook = readonly Chunk[];

/** What is looked at: positions in the list. */
export type Range = { first: number; last: number };

const NEAR_END = 30;

/** Puts what was read in the place of what it covers. A fuller answer covers less: the rest of its place is read next. */
export function putChunk(book: ProductBook, fresh: Chunk): ProductBook {
  const end = fresh.to ?? Infinity;
  const before = book.filter(({ from }) => from < fresh.from);
  const after = book.filter(({ from, to }) => from > fresh.from && (to ?? Infinity) > end);
  const next = after[0];
  const hole: Chunk[] = next && end < next.from ? [{ from: end, to: next.from, version: '', items: [] }] : [];
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

export type Look = { range: Range; version: string };

/** From which of the server's pages on to read next: first what is looked at and out of date, then what follows. */
export function nextFetch(book: ProductBook, entries: readonly Entry[], { range, version }: Look): number | null {
  const lastChunk = book.at(-1);
  if (!lastChunk) return 0;
  const isNearEnd = range.last >= entries.length - NEAR_END;
  const chunkAt = (position: number) => entries[Math.min(position, entries.length - 1)]?.chunk ?? 0;
  const end = isNearEnd ? book.length : chunkAt(range.last) + 1;
  const stale = book.slice(chunkAt(range.first), end).find((chunk) => chunk.version !== version);
  if (stale) return stale.from;
  return isNearEnd ? lastChunk.to : null;
}
