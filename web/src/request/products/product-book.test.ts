import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Product } from '../../api/types.ts';
import { type Chunk, entriesOf, nextFetch, type ProductBook, putChunk } from './product-book.ts';

const seed = Number(process.env.SEED ?? 20251122);

const product = (row: number, status: Product['status'] = 'COMPLETED'): Product => ({
  ...{ serial_number: String(row), product_name: `n${row}`, input_urls: [], output_urls: [], request_id: 'r' },
  ...{ status, row, errors: [], images: [] },
});

/** As the server answers: whole pages of products from one on, until there are enough. */
function answer(
  pages: ReadonlyMap<number, Product[]>,
  { from, limit, version }: { from: number; limit: number; version: string },
): Chunk {
  const items: Product[] = [];
  for (const page of [...pages.keys()].filter((page) => page >= from).sort((a, b) => a - b)) {
    if (items.length >= limit) return { from, to: page, version, items };
    items.push(...(pages.get(page) ?? []));
  }
  return { from, to: null, version, items };
}

const rowsOf = (book: ProductBook) => entriesOf(book).map(({ product }) => product.row);
const all = { first: 0, last: Infinity };

/** Reads until nothing is left to read, as the page does when it is scrolled to the end. */
function readAll(pages: ReadonlyMap<number, Product[]>, version: string, start: ProductBook = []): ProductBook {
  let book = start;
  for (let reads = 0; reads < 500; reads += 1) {
    const from = nextFetch(book, entriesOf(book), { range: all, version });
    if (from === null) return book;
    book = putChunk(book, answer(pages, { from, limit: 5, version }));
  }
  throw new Error('It reads without end.');
}

describe('the product book', () => {
  it('reads from the start, then on from where it ended, to the end', () => {
    const pages = new Map(
      Array.from({ length: 7 }, (_, page) => [page, [product(page * 2 + 2), product(page * 2 + 3)]]),
    );
    const book = readAll(pages, 'v1');
    expect(book.map(({ from, to }) => [from, to])).toEqual([
      [0, 3],
      [3, 6],
      [6, null],
    ]);
    expect(rowsOf(book)).toEqual(Array.from({ length: 14 }, (_, at) => at + 2));
  });

  it('does not read on before its end is near', () => {
    const items = Array.from({ length: 100 }, (_, at) => product(at + 2));
    const book = [{ from: 0, to: 9, version: 'v', items }];
    const next = (first: number, last: number) =>
      nextFetch(book, entriesOf(book), { range: { first, last }, version: 'v' });
    expect(next(0, 10)).toBeNull();
    expect(next(60, 75)).toBe(9);
  });

  it('reads again only what is looked at', () => {
    const items = (from: number) => Array.from({ length: 100 }, (_, at) => product(from + at));
    const book = [
      { from: 0, to: 9, version: 'old', items: items(2) },
      { from: 9, to: 18, version: 'old', items: items(102) },
      { from: 18, to: 27, version: 'old', items: items(202) },
    ];
    const next = (first: number, last: number) =>
      nextFetch(book, entriesOf(book), { range: { first, last }, version: 'new' });
    expect(next(0, 10)).toBe(0);
    expect(next(105, 115)).toBe(9);
    expect(next(95, 115)).toBe(0);
  });

  it('fills the hole that a fuller answer leaves', () => {
    const early = new Map([
      [0, [product(2)]],
      [4, [product(10)]],
      [8, [product(18), product(19), product(20)]],
      [9, [product(21)]],
    ]);
    const late = new Map(
      Array.from({ length: 10 }, (_, page) => [page, [product(page * 2 + 2), product(page * 2 + 3)]]),
    );
    const refreshed = putChunk(readAll(early, 'v1'), answer(late, { from: 0, limit: 5, version: 'v2' }));
    expect(refreshed.map(({ from, to }) => [from, to])).toEqual([
      [0, 3],
      [3, 9],
      [9, null],
    ]);
    expect(rowsOf(readAll(late, 'v2', refreshed))).toEqual(rowsOf(readAll(late, 'v2')));
  });

  it(`ends with every settled product once, in order, however they come in (SEED=${seed})`, () => {
    const settled = fc.array(fc.array(fc.nat(30), { maxLength: 20 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(settled, (waves) => {
        const pages = new Map<number, Product[]>();
        let book: ProductBook = [];
        waves.forEach((wave, at) => {
          for (const page of wave)
            pages.set(page, [...(pages.get(page) ?? []), product(page * 100 + (pages.get(page)?.length ?? 0))]);
          book = readAll(pages, `v${at}`, book);
          const rows = [...pages.values()]
            .flat()
            .map(({ row }) => row)
            .sort((a, b) => a - b);
          expect(rowsOf(book)).toEqual(rows);
        });
      }),
      { seed, numRuns: 300 },
    );
  });
});
