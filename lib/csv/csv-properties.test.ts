import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode, readAll } from './test-kit.ts';
import { failedWriter, resultWriter } from './write-results.ts';

// A failure prints its seed and path; add both here to see it again.
const RUNS = { numRuns: 300 };

const special = fc.constantFrom(
  ',',
  ';',
  '\t',
  '|',
  '"',
  "'",
  '\n',
  '\r',
  '\r\n',
  '=',
  '-',
  '+',
  ' ',
  '😀',
  'é',
  '\uFEFF',
);
const text = fc
  .string({
    unit: fc.oneof(special, fc.constantFrom('a', 'B', '1', '.'), fc.string({ unit: 'grapheme', maxLength: 1 })),
  })
  .map((value) => value.replaceAll('\0', '').toWellFormed());
const urls = fc
  .array(fc.constantFrom('https://x.example/a,b.jpg', 'HTTP://x.example/c;d|e.jpg', 'https://x.example/é f.jpg'), {
    minLength: 1,
    maxLength: 4,
  })
  .chain((list) =>
    fc.constantFrom(', ', '\n', ';', ' | ', ' ').map((separator) => ({ list, cell: list.join(separator) })),
  );
const row = fc.record({ serial: text, urls, name: text, extra: fc.array(text, { maxLength: 3 }) });
const table = fc.record({
  extraHeadings: fc.array(fc.constantFrom('Note', 'Note', 'Größe', 'a "b"', '=cmd'), { maxLength: 3 }),
  rows: fc.array(row, { minLength: 1, maxLength: 12 }),
});
const layout = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  encoding: fc.constantFrom('utf-8', 'utf-16le', 'utf-16be'),
  mark: fc.boolean(),
  separatorLine: fc.boolean(),
  ends: fc.array(fc.constantFrom('\n', '\r\n', '\r'), { minLength: 1, maxLength: 5 }),
  blankLines: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
  quoted: fc.array(fc.boolean(), { minLength: 1, maxLength: 11 }),
  chunkSizes: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
});
type Table = typeof table extends fc.Arbitrary<infer T> ? T : never;
type FileLayout = typeof layout extends fc.Arbitrary<infer T> ? T : never;

function recordsOf({ extraHeadings, rows }: Table): string[][] {
  return [
    ['S. No.', 'Image URLs', 'Product Name', ...extraHeadings],
    ...rows.map(({ serial, urls: { cell }, name, extra }) => [serial, cell, name, ...extra]),
  ];
}

/** A writer of CSV that shares nothing with ours. */
function fileOf(
  records: string[][],
  { delimiter, encoding, mark, separatorLine, ends, blankLines, quoted }: FileLayout,
): Buffer {
  let cells = 0;
  const lines = records.map((record, at) => {
    const line = record.map((cell) => {
      const asked = quoted[(cells += 1) % quoted.length];
      const needed = cell.startsWith('"') || [delimiter, '\n', '\r'].some((part) => cell.includes(part));
      return asked || needed ? `"${cell.replaceAll('"', '""')}"` : cell;
    });
    const end = ends[at % ends.length]!;
    return line.join(delimiter) + end + (blankLines[at % blankLines.length] ? end : '');
  });
  const start = (mark && encoding === 'utf-8' ? '\uFEFF' : '') + (separatorLine ? `sep=${delimiter}\r\n` : '');
  return encode(start + lines.join(''), encoding);
}

describe('any table, in any dialect and any chunks', () => {
  it('reads as the same records', async () => {
    await fc.assert(
      fc.asyncProperty(table, layout, async (data, how) => {
        const [header, ...records] = recordsOf(data);
        const file = await readAll(fileOf([header!, ...records], how), { chunkSizes: how.chunkSizes });
        expect(file.header).toEqual(header);
        expect(file.dialect).toEqual({ encoding: how.encoding, delimiter: how.delimiter });
        expect(file.all.map(({ cells }) => cells)).toEqual(records);
        expect(file.all.map(({ index }) => index)).toEqual(records.map((_, index) => index));
        for (const [at, { product, cells }] of file.all.entries()) {
          const stray = cells.slice(header!.length).some((cell) => cell.trim() !== '');
          expect(product.errors.map(({ code }) => code).includes('extra_cells')).toBe(stray);
          expect(product.imageUrls).toEqual(stray ? [] : data.rows[at]?.urls.list);
        }
      }),
      RUNS,
    );
  });

  it('comes back the same from a result or failed-rows file, which is written the same again', async () => {
    const outcome = { outputUrls: ['https://o.example/1.jpg', ''], status: 'PARTIAL', bytesIn: 9, bytesOut: 4 };
    await fc.assert(
      fc.asyncProperty(table, layout, text, fc.boolean(), async (data, how, error, failed) => {
        const write = async (input: Buffer) => {
          const file = await readAll(input);
          const [results, failures] = [resultWriter(file), failedWriter(file)];
          const lines = file.all.map(({ cells }) =>
            failed ? failures.row(cells, error) : results.row(cells, { ...outcome, error }),
          );
          return { file, written: Buffer.from((failed ? failures : results).head() + lines.join('')) };
        };
        const first = await write(fileOf(recordsOf(data), how));
        const second = await write(first.written);
        expect(second.file.header).toEqual(first.file.header);
        expect(second.written.toString()).toBe(first.written.toString());
        const withoutRow = ({ product }: { product: { errors: { row: number }[] } }) => ({
          ...product,
          errors: product.errors.map((rowError) => ({ ...rowError, row: 0 })),
        });
        expect(second.file.all.map(withoutRow)).toEqual(first.file.all.map(withoutRow));
      }),
      RUNS,
    );
  });
});
