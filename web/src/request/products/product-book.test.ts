import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Product } from '../../api/types.ts';
import { type Chunk, entriesOf, hasMore, nextFetch, type ProductBook, putChunk, type Version } from './product-book.ts';

const seed = Number(process.env.SEED ?? 20251122);

const product = (row: number, status: Product['status'] = 'COMPLETED'): Product => ({
  ...{ serial_number: String(row), product_name: `n${row}`, input_urls: [], output_urls: [], request_id: 'r' },
  ...{ status, row, errors: [], images: [] },
});

/** As the server answers: whole pages of products from one on, until there are enough. */
function answer(
  pages: ReadonlyMap<number, Product[]>,
  { from, limit, version }: { from: number; limit: number; version: Version },
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

/** While a request runs, so many products have settled. */
const running = (settled: number, generation = 1): Version => ({ generation, ended: false, settled });
const hundred = (from: number, status?: Product['status']) =>
  Array.from({ length: 100 }, (_, at) => product(from + at, status));

/** Reads until nothing is left to read, as the page does when it is scrolled to the end. */
function readAll(pages: ReadonlyMap<number, Product[]>, version: Version, start: ProductBook = []): ProductBook {
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
    const book = readAll(pages, running(14));
    expect(book.map(({ from, to }) => [from, to])).toEqual([
      [0, 3],
      [3, 6],
      [6, null],
    ]);
    expect(rowsOf(book)).toEqual(Array.from({ length: 14 }, (_, at) => at + 2));
  });

  it('does not read on before its end is near', () => {
    const book = [
      { from: 0, to: 9, version: running(200), items: hundred(2) },
      { from: 9, to: 18, version: running(200), items: hundred(102) },
    ];
    const next = (first: number, last: number) =>
      nextFetch(book, entriesOf(book), { range: { first, last }, version: running(200) });
    expect(next(0, 10)).toBeNull();
    expect(next(60, 75)).toBe(18);
    expect(hasMore(book)).toBe(true);
  });

  it('reads again only what is looked at', () => {
    const version = running(300);
    const book = [
      { from: 0, to: 9, version, items: hundred(2) },
      { from: 9, to: 18, version, items: hundred(102) },
      { from: 18, to: 27, version, items: hundred(202) },
    ];
    const next = (first: number, last: number) =>
      nextFetch(book, entriesOf(book), { range: { first, last }, version: running(0, 2) });
    expect(next(0, 10)).toBe(0);
    expect(next(105, 115)).toBe(9);
    expect(next(95, 115)).toBe(0);
  });

  it('reads on before it reads anything again', () => {
    const book = [{ from: 0, to: 9, version: running(100), items: hundred(2).slice(1) }];
    const look = { range: { first: 0, last: 99 }, version: running(150) };
    expect(nextFetch(book, entriesOf(book), look)).toBe(9);
    const fuller = putChunk(book, { from: 9, to: null, version: look.version, items: hundred(102) });
    expect(nextFetch(fuller, entriesOf(fuller), look)).toBe(0);
  });

  it('reads again in turn what keeps going out of date', () => {
    const book = [
      { from: 0, to: 9, version: running(300), items: [product(50)] },
      { from: 9, to: null, version: running(200), items: [product(150)] },
    ];
    expect(nextFetch(book, entriesOf(book), { range: all, version: running(400) })).toBe(9);
    const next = putChunk(book, { from: 9, to: null, version: running(400), items: [product(150)] });
    expect(nextFetch(next, entriesOf(next), { range: all, version: running(500) })).toBe(0);
  });

  describe('what is full', () => {
    const bookOf = (items: Product[], version: Version) => [
      { from: 0, to: 9, version, items },
      { from: 9, to: 18, version, items: hundred(102) },
      { from: 18, to: 27, version, items: hundred(202) },
    ];
    const next = (book: ProductBook, version: Version) =>
      nextFetch(book, entriesOf(book), { range: { first: 0, last: 10 }, version });

    it.each([
      ['is not read again in the same run', hundred(2), running(300), running(400), null],
      ['is read again once the run has ended', hundred(2), running(300), { ...running(400), ended: true }, 0],
      ['is read again when a retry has begun', hundred(2), { ...running(300), ended: true }, running(200, 2), 0],
      ['is not read again in a retry that leaves all of it alone', hundred(2), running(300, 2), running(400, 2), null],
      ['is read again in a retry that may change it', hundred(2, 'PARTIAL'), running(300, 2), running(400, 2), 0],
    ])('%s', (_, items, read, now, expected) => {
      expect(next(bookOf(items, read), now)).toBe(expected);
    });

    it.each([
      ['the first', hundred(2).slice(1)],
      ['one in between', hundred(2).toSpliced(50, 1)],
      ['the last', hundred(2).slice(0, -1)],
      ['all', []],
    ])('lacks no product: not %s', (_, items) => {
      expect(next(bookOf(items, running(300)), running(400))).toBe(0);
    });
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
    const refreshed = putChunk(readAll(early, running(6)), answer(late, { from: 0, limit: 5, version: running(20) }));
    expect(refreshed.map(({ from, to }) => [from, to])).toEqual([
      [0, 3],
      [3, 9],
      [9, null],
    ]);
    expect(hasMore(refreshed)).toBe(true);
    expect(rowsOf(readAll(late, running(20), refreshed))).toEqual(rowsOf(readAll(late, running(20))));
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
          book = readAll(pages, running(at), book);
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

  it(`misses no product of pages that fill in any order, nor a change by a retry (SEED=${seed})`, () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 8 });
    const wave = fc.record({ settles: fc.array(fc.nat(31), { maxLength: 16 }), retries: fc.boolean() });
    fc.assert(
      fc.property(sizes, fc.array(wave, { minLength: 1, maxLength: 6 }), (pageSizes, waves) => {
        const pageOf = pageSizes.flatMap((size, page) => Array<number>(size).fill(page));
        const settled = new Map<number, Product>();
        let book: ProductBook = [];
        let generation = 1;
        waves.forEach(({ settles, retries }, at) => {
          if (retries) generation += 1;
          for (const place of settles.filter((place) => place < pageOf.length)) {
            if (settled.get(place)?.status === 'COMPLETED' || (generation === 1 && settled.has(place))) continue;
            settled.set(place, product(place + 2, (place + at) % 3 === 0 ? 'FAILED' : 'COMPLETED'));
          }
          const inOrder = [...settled.values()].toSorted((a, b) => a.row - b.row);
          const pages = Map.groupBy(inOrder, ({ row }) => pageOf[row - 2] ?? 0);
          book = readAll(pages, running(at, generation), book);
          expect(entriesOf(book).map(({ product }) => product)).toEqual(inOrder);
        });
      }),
      { seed, numRuns: 300 },
    );
  });
});
