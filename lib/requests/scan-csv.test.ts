import { expect, test } from 'vitest';
import { DEFAULT_CSV_LIMITS } from '../csv/limits.ts';
import { scanCsv } from './scan-csv.ts';

const scan = (lines: string[], limits = {}) =>
  scanCsv(inOnePiece(['SKU,Image URL', ...lines].join('\n')), { ...DEFAULT_CSV_LIMITS, ...limits });

async function* inOnePiece(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}

test('tells what a file comes to; blank lines are no rows', async () => {
  const { totals } = await scan(['1,https://shop.example/1.jpg', '', ' , ', '2,', '3,https://shop.example/3.jpg']);
  expect(totals).toEqual({ products: 3, images: 2, pages: 3, groups: 1, rejectedRows: 1 });
});

test('counts groups by their pages', async () => {
  const rows = Array.from({ length: 101 }, (_, row) => `${row},`);
  expect((await scan(rows)).totals).toMatchObject({ products: 101, pages: 51, groups: 1 });
  const images = Array.from(
    { length: 101 },
    (_, row) => `${row},https://shop.example/${row}.jpg https://shop.example/b`,
  );
  expect((await scan(images)).totals).toMatchObject({ products: 101, images: 202, pages: 101, groups: 2 });
});

test('counts every rejected row, shows the first hundred problems', async () => {
  const { totals, firstErrors } = await scan(Array.from({ length: 150 }, (_, row) => `${row},`));
  expect(totals.rejectedRows).toBe(150);
  expect(firstErrors).toHaveLength(100);
  expect(firstErrors[0]).toMatchObject({ row: 2, column: 'Image URL', code: 'no_images' });
});

test.each([
  ['no rows', [], {}, 'no_rows'],
  ['a row too many', ['1,', '2,', '3,'], { maxRows: 2 }, 'too_many_rows'],
  ['a quote that is never closed', ['1,"https://shop.example/1.jpg'], {}, 'malformed_csv'],
])('refuses a file with %s', async (_name, lines, limits, code) => {
  await expect(scan(lines, limits)).rejects.toMatchObject({ name: 'CsvFileError', code });
});
