import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neutralise, restore as restoreOfServer } from '../../../../lib/csv/neutralise.ts';
import { openCsv } from '../../../../lib/csv/read-products.ts';
import { CsvFileError } from '../../../../lib/csv/csv-error.ts';
import { DEFAULT_CSV_LIMITS } from '../../../../lib/csv/limits.ts';
import { inspectCsv, type Preview } from './inspect-csv.ts';
import { restore } from './own-columns.ts';
import { UnreadableCsv } from './unreadable-csv.ts';

const seed = Number(process.env.SEED ?? 20251122);

/** What both sides must agree on. */
type Understanding =
  | { code: string; message: string }
  | (Pick<Preview, 'encoding' | 'delimiter' | 'header' | 'columns' | 'rows' | 'images' | 'problemRows'> & {
      firstRows: unknown[];
    });

async function byServer(bytes: Uint8Array<ArrayBuffer>): Promise<Understanding> {
  try {
    const file = await openCsv(new Blob([bytes]).stream(), DEFAULT_CSV_LIMITS);
    const rows = [];
    for await (const row of file.rows) rows.push(row);
    return {
      ...file.dialect,
      header: file.header,
      columns: file.columns,
      rows: rows.length,
      images: rows.reduce((sum, { product }) => sum + product.imageUrls.length, 0),
      problemRows: rows.filter(({ product }) => product.errors.length > 0).length,
      firstRows: rows.slice(0, 5).map(({ row, cells, product: { errors, ...product } }) => {
        return { row, cells, ...product, problems: errors };
      }),
    };
  } catch (error) {
    if (!(error instanceof CsvFileError)) throw error;
    return { code: error.code, message: error.message };
  }
}

async function byPage(bytes: Uint8Array<ArrayBuffer>): Promise<Understanding> {
  try {
    let last: Preview | undefined;
    for await (const preview of inspectCsv(new Blob([bytes]))) last = preview;
    expect(last?.share).toBe(1);
    const { encoding, delimiter, header, columns, rows, images, problemRows, firstRows } = last!;
    return { encoding, delimiter, header, columns, rows, images, problemRows, firstRows };
  } catch (error) {
    if (!(error instanceof UnreadableCsv)) throw error;
    return { code: error.code, message: error.message };
  }
}

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text));
const utf16 = (text: string, swap: boolean) => {
  const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le');
  return new Uint8Array(swap ? bytes.swap16() : bytes);
};

describe('the preview understands a CSV as the server does', () => {
  const table =
    'S. No.;Product Name;Input Image Urls;Note\r\n1;"Mügg; ""big""";https://x.example/a,b.jpg, https://x.example/2.jpg;\r\n';

  it.each([
    ['semicolons and quotes', bytesOf(table)],
    ['a byte-order mark', bytesOf(`\uFEFF${table}`)],
    ['UTF-16, little endian', utf16(table, false)],
    ['UTF-16, big endian', utf16(table, true)],
    ['tabs', bytesOf('sku\tImage 1\tImage 2\n1\thttps://x/1.jpg\thttps://x/2.jpg\n')],
    ['bars and lone carriage returns', bytesOf('images|name\rhttps://x/1.jpg|https://y|n\r')],
    ["Excel's separator line", bytesOf('sep=;\r\nSKU;Images\r\n1;https://x/1.jpg\r\n')],
    ['blank rows', bytesOf('\n\nSKU,Images\n\n , \n1,https://x/1.jpg\n\n')],
    [
      'stray quotes and stray cells',
      bytesOf('SKU,Images\n5" nail,https://x/1.jpg\n2,https://x/2.jpg,oops\n3,https://x/3.jpg,https://x/4.jpg\n'),
    ],
    [
      'several stray cells in a row',
      bytesOf('SKU,Images\n1,https://x/1.jpg, oops,,https://x/2.jpg,again \n2,https://x/3.jpg\n'),
    ],
    ['rows without images', bytesOf('SKU,Images\n1,\n2\n3,foo.jpg\n')],
    ['quoted line breaks', bytesOf('SKU,Images\n1,"https://x/1.jpg\nhttps://x/2.jpg"\n')],
    [
      'a result that came back',
      bytesOf(
        "'=x,Images,Output Image Urls,Status,Error,Bytes In,Bytes Out\n'=1+1,https://x/1.jpg,,FAILED,x,0,0,https://x/9.jpg\n",
      ),
    ],
    ['an empty file', bytesOf('')],
    ['a byte-order mark alone', utf16('', false)],
    ['a separator line alone', bytesOf('sep=;\n')],
    ['a header alone', bytesOf('SKU,Images\n')],
    ['no image column', bytesOf('SKU,Name\n1,2\n')],
    ['no header', bytesOf('1,https://x/1.jpg\n')],
    ['an open quote in the header', bytesOf('"SKU,Images\n1,2\n')],
    ['an open quote in a row', bytesOf('SKU,Images\n1,https://x/1.jpg\n2,"https://x/2.jpg\n')],
    ['too many columns', bytesOf(`Images${',c'.repeat(100)}\nx\n`)],
    ['a URL that is too long', bytesOf(`Images\nhttps://x/${'y'.repeat(2_048)}\n`)],
    ['too many images', bytesOf(`Images\n"${'https://x/1.jpg '.repeat(201)}"\n`)],
    ['a cell that is too large', bytesOf(`Images,Note\nhttps://x/1.jpg,${'é'.repeat(32_769)}\n`)],
    ['an Excel workbook', new Uint8Array([0x50, 0x4b, 3, 4, 20, 0])],
    ['a web page', bytesOf('<!DOCTYPE html><p>Images,Name')],
    ['UTF-32', new Uint8Array([0xff, 0xfe, 0, 0, 83, 0, 0, 0])],
    ['UTF-16 without a mark', new Uint8Array(Buffer.from('SKU,Images', 'utf16le'))],
    ['NUL bytes', bytesOf('SKU,Images\n1,https://x/\0.jpg\n')],
    ['a row that never ends', bytesOf(`SKU,Images\n1,"${'x'.repeat(1_100_000)}`)],
  ])('%s', async (_, bytes) => {
    expect(await byPage(bytes)).toEqual(await byServer(bytes));
  });

  it('says the same of bytes that are not UTF-8, but for the line', async () => {
    const bytes = new Uint8Array(Buffer.from('SKU,Images\n1,caf\xe9\n', 'latin1'));
    const [page, server] = await Promise.all([byPage(bytes), byServer(bytes)]);
    expect(page).toMatchObject({ code: 'unsupported_encoding', message: expect.stringContaining('not UTF-8') });
    expect(server).toMatchObject({ code: 'unsupported_encoding', message: expect.stringContaining('not UTF-8') });
  });

  it(`any text that looks like a CSV (SEED=${seed})`, async () => {
    const cell = fc.oneof(
      fc.constantFrom(
        '',
        ' ',
        '"',
        '""',
        '"a;b"',
        '"x\ny"',
        'https://x.example/1.jpg',
        'foo.jpg',
        '"https://a/1, https://b/2"',
        "'=1",
        'é😀',
      ),
      fc.string({ maxLength: 6 }).map((text) => text.replaceAll('\0', '')),
    );
    const heading = fc.constantFrom(
      'SKU',
      'Name',
      'Images',
      'Image URL',
      'Note',
      'id',
      '"Input Image Urls"',
      'Rowpress Error',
    );
    const csv = fc
      .record({
        mark: fc.constantFrom('', '\uFEFF', 'sep=;\n'),
        delimiter: fc.constantFrom(',', ';', '\t', '|'),
        line: fc.constantFrom('\n', '\r\n', '\r'),
        header: fc.array(heading, { minLength: 1, maxLength: 5 }),
        rows: fc.array(fc.array(cell, { maxLength: 6 }), { maxLength: 8 }),
      })
      .map(({ mark, delimiter, line, header, rows }) => {
        return mark + [header, ...rows].map((cells) => cells.join(delimiter)).join(line);
      });
    await fc.assert(
      fc.asyncProperty(csv, async (text) => {
        const bytes = bytesOf(text);
        expect(await byPage(bytes)).toEqual(await byServer(bytes));
      }),
      { seed, numRuns: 300 },
    );
  });
});

describe('restore', () => {
  const NASTY = [
    "'",
    '"',
    '=',
    '-',
    '@',
    '＝',
    '＠',
    'x',
    '5',
    ' ',
    ',',
    ';',
    '|',
    '!',
    '(',
    '（',
    '！',
    '\t',
    '\r',
    '\n',
  ];
  const nasty = fc.string({ unit: fc.constantFrom(...NASTY), maxLength: 20 });

  it(`gives back what the server wrote, and reads anything as the server does (SEED=${seed})`, () => {
    fc.assert(
      fc.property(fc.oneof(nasty, fc.string()), (cell) => {
        expect(restore(neutralise(cell))).toBe(cell);
        expect(restore(cell)).toBe(restoreOfServer(cell));
      }),
      { seed, numRuns: 5_000 },
    );
  });
});

describe('inspectCsv', () => {
  it('tells what it has found while a large file is still being read, and counts it all', async () => {
    const row = 'https://x.example/1.jpg https://x.example/2.jpg,a name\n';
    const shares: number[] = [];
    let last: Preview | undefined;
    for await (const preview of inspectCsv(new Blob(['Images,Name\n', row.repeat(30_000)]))) {
      shares.push(preview.share);
      last = preview;
    }
    expect(last).toMatchObject({ rows: 30_000, images: 60_000, share: 1 });
    expect(shares.length).toBeGreaterThan(5);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  });

  it('counts addresses that are no URLs, and keeps the first problems only', async () => {
    let last: Preview | undefined;
    const text = `Images,Name\nfoo.jpg;https://x/1.jpg,a\n${',b\n'.repeat(80)}`;
    for await (const preview of inspectCsv(new Blob([text]))) last = preview;
    expect(last).toMatchObject({ rows: 81, oddAddresses: 1, problemRows: 80 });
    expect(last?.firstProblems).toHaveLength(50);
    expect(last?.firstProblems[0]).toMatchObject({ row: 3, code: 'no_images', column: 'Images' });
  });

  it('lists a row with several stray cells once', async () => {
    let last: Preview | undefined;
    const text = 'Images,Name\nhttps://x/1.jpg,a\nhttps://x/2.jpg,b,one,two\n';
    for await (const preview of inspectCsv(new Blob([text]))) last = preview;
    expect(last?.firstProblems).toMatchObject([{ row: 3, code: 'extra_cells', value: 'one, two' }]);
  });

  it('says so when the file is gone', async () => {
    const gone = new Blob(['SKU,Images\n1,https://x/1.jpg']);
    gone.slice = () => {
      throw new DOMException('gone', 'NotReadableError');
    };
    await expect(inspectCsv(gone).next()).rejects.toMatchObject({ code: 'not_readable' });
  });
});
