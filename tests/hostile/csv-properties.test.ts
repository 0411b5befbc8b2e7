import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CsvFileError } from '../../lib/csv/csv-error.ts';
import type { CsvRow } from '../../lib/csv/read-products.ts';
import { encode, readAll } from '../../lib/csv/test-kit.ts';
import { resultWriter } from '../../lib/csv/write-results.ts';
import { A } from './csv-case.ts';
import { anyText, sameRecords } from './csv.cases.ts';
import { seed } from './hostile-class.ts';

const runs = (numRuns: number) => ({ numRuns, seed });

type File = Awaited<ReturnType<typeof readAll>>;

function exported(file: File): string {
  const writer = resultWriter(file);
  const outcome = { outputUrls: [A, ''], status: 'PARTIAL', error: '=1', bytesIn: 2, bytesOut: 1 };
  return writer.head() + file.all.map(({ cells }) => writer.row(cells, outcome)).join('');
}

/** Blank cells at the end may be added, where a short row was filled up. */
const padded = (rows: CsvRow[], width: number) =>
  rows.map(({ cells }) => [...cells, ...Array<string>(Math.max(0, width - cells.length)).fill('')]);

async function expectStable(file: File): Promise<void> {
  const first = exported(file);
  const back = await readAll(first);
  expect(back.header).toEqual(file.header);
  expect(padded(back.all, file.header.length)).toEqual(padded(file.all, file.header.length));
  expect(exported(back)).toBe(first);
}

const letter = fc.constantFrom(
  ',',
  ';',
  '\t',
  '|',
  '"',
  "'",
  '\n',
  '\r',
  '=',
  '-',
  '@',
  ' ',
  'é',
  '😀',
  '\uFEFF',
  'a',
  '7',
  A,
);
const cell = fc.string({ unit: letter, maxLength: 12 });
const record = fc
  .tuple(fc.constantFrom('x', '=x', '0'), fc.array(cell, { maxLength: 6 }))
  .map(([first, rest]) => [first, ...rest]);
const dialect = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  encoding: fc.constantFrom('utf-8', 'utf-16le', 'utf-16be'),
  ends: fc.array(fc.constantFrom('\n', '\r\n', '\r'), { minLength: 1, maxLength: 4 }),
  chunkSizes: fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 4 }),
});

const HEADER = ['SKU', 'Name', 'Image URL'];

it(`${sameRecords.input}: ${sameRecords.ends} (seed ${seed})`, async () => {
  let tried = 0;
  const records = fc.array(record, { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(records, dialect, async (cells, { delimiter, encoding, ends, chunkSizes }) => {
      tried += 1;
      const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
      const text = [HEADER, ...cells]
        .map((line, at) => line.map(quoted).join(delimiter) + ends[at % ends.length]!)
        .join('');
      const file = await readAll(encode(text, encoding), { chunkSizes });
      expect(file.all.map((row) => row.cells)).toEqual(cells);
      expect(file.all.map(({ index, row }) => [index, row])).toEqual(cells.map((_, at) => [at, at + 2]));
      await expectStable(file);
    }),
    runs(sameRecords.cases),
  );
  expect(tried).toBe(sameRecords.cases);
});

it(`${anyText.input}: ${anyText.ends} (seed ${seed})`, async () => {
  let tried = 0;
  let read = 0;
  const text = fc.string({ unit: letter, maxLength: 120 });
  await fc.assert(
    fc.asyncProperty(text, async (body) => {
      tried += 1;
      const file = await readAll(`${HEADER.join()}\n${body}`).catch((error: unknown) => error);
      if (file instanceof CsvFileError) return;
      if (file instanceof Error) throw file;
      read += 1;
      const { all } = file as File;
      expect(all.map(({ index }) => index)).toEqual(all.map((_, at) => at));
      expect(all.every(({ cells }) => cells.some((value) => value.trim() !== ''))).toBe(true);
      // No letter but those of the file's own syntax is lost between the text and the cells.
      const letters = (value: string) => [...value.matchAll(/[aé😀7@=]/gu)].length;
      expect(letters(all.map(({ cells }) => cells.join('')).join(''))).toBe(letters(body));
      await expectStable(file as File);
    }),
    runs(anyText.cases),
  );
  console.log(`seed ${seed}: ${read} of ${tried} texts read, the others refused`);
  expect(tried).toBe(anyText.cases);
  expect(read).toBeGreaterThan(tried / 20);
});
