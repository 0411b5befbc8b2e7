import { describe, expect, it } from 'vitest';
import { CsvFileError, type CsvFileErrorCode } from './csv-error.ts';
import { DEFAULT_CSV_LIMITS } from './limits.ts';
import { openCsv } from './read-products.ts';
import { collect, encode, inChunks, readAll } from './test-kit.ts';

const A = 'https://x.example/a.jpg';
const B = 'https://x.example/b.jpg';
const HEAD = 'S. No.,Product Name,Input Image Urls\n';

describe('openCsv: dialects', () => {
  it.each([
    ['comma', `S. No.,Product Name,Image URL\n1,Blé,${A}\n`, ','],
    ['semicolon', `S. No.;Product Name;Image URL\n1;Blé;${A}\n`, ';'],
    ['tab', `S. No.\tProduct Name\tImage URL\n1\tBlé\t${A}\n`, '\t'],
    ['pipe', `S. No.|Product Name|Image URL\n1|Blé|${A}\n`, '|'],
    ['semicolon with commas in the header', `"S. No.";"Product Name, full";Image URL\n1;Blé;${A}\n`, ';'],
    ['comma with quoted semicolons in the header', `S. No.,"Name; a; b; c; d",Image URL\n1,Blé,${A}\n`, ','],
    ['sep= line', `sep=;\r\nS. No.;Product Name;Image URL\r\n1;Blé;${A}\r\n`, ';'],
    ['quoted sep= line', `"sep=\t"\nS. No.\tProduct Name\tImage URL\n1\tBlé\t${A}`, '\t'],
    ['byte-order mark', `\uFEFFS. No.,Product Name,Image URL\n1,Blé,${A}`, ','],
    ['byte-order mark and quotes', `\uFEFF"S. No.","Product Name","Image URL"\n"1","Blé","${A}"`, ','],
    ['CR line ends', `S. No.,Product Name,Image URL\r1,Blé,${A}\r`, ','],
    ['mixed line ends and blank lines', `\r\nS. No.,Product Name,Image URL\n\r\n1,Blé,${A}\r\r\n\n`, ','],
  ])('reads a file with %s', async (_, text, delimiter) => {
    for (const encoding of ['utf-8', 'utf-16le', 'utf-16be'] as const) {
      const input = encode(encoding === 'utf-8' ? text : text.replace(/^\uFEFF/, ''), encoding);
      const { dialect, all } = await readAll(input, { chunkSizes: [1, 2, 3] });
      expect(dialect).toEqual({ encoding, delimiter });
      expect(all.map(({ cells }) => cells)).toEqual([['1', 'Blé', A]]);
      expect(all[0]?.product.imageUrls).toEqual([A]);
    }
  });

  it('is not put off by a heading that another delimiter would leave with an open quote', async () => {
    const { header, dialect } = await readAll(`Image,"a;""b"\n${A},x\n`);
    expect([header, dialect.delimiter]).toEqual([['Image', 'a;"b'], ',']);
  });

  it('reads quoted newlines, doubled quotes and quotes inside unquoted cells', async () => {
    const { all } = await readAll(
      `${HEAD}1,"5"" screen\r\nblack","${A}\n${B}"\n2,6" screen,${A}\n3,"7" screen",${A}\n`,
    );
    expect(all.map(({ cells }) => cells[1])).toEqual(['5" screen\r\nblack', '6" screen', '"7" screen"']);
    expect(all[0]?.product.imageUrls).toEqual([A, B]);
  });

  it('keeps ragged rows as they are', async () => {
    const { all } = await readAll(`${HEAD}1\n2,n,${A},${B},\n3,n,${A},stray\n`);
    expect(all.map(({ cells }) => cells.length)).toEqual([1, 5, 4]);
    expect(all.map(({ product }) => product.errors[0]?.code)).toEqual(['no_images', undefined, 'extra_cells']);
    expect(all[1]?.product.imageUrls).toEqual([A, B]);
  });

  it('keeps duplicate headers and cells named like object properties', async () => {
    const { header, all } = await readAll(`Note,__proto__,Note,Image\nx,constructor,y,${A}\n`);
    expect(header).toEqual(['Note', '__proto__', 'Note', 'Image']);
    expect(all[0]?.cells).toEqual(['x', 'constructor', 'y', A]);
  });

  it('numbers rows as a spreadsheet does, where blank lines count, and products without gaps', async () => {
    const { all } = await readAll(`${HEAD}1,n,${A}\n\n2,"two\nlines",${A}\n,,\n  \n3,n,\n`);
    expect(all.map(({ index, row }) => [index, row])).toEqual([
      [0, 2],
      [1, 4],
      [2, 7],
    ]);
    expect(all[2]?.product.errors[0]).toMatchObject({ row: 7, code: 'no_images' });
  });

  it('reads a row that comes without serial number and name columns', async () => {
    const { columns, all } = await readAll(`Image\n${A}\n`);
    expect(columns).toEqual({ serialNumber: null, productName: null, imageUrls: [0] });
    expect(all[0]?.product).toEqual({ serialNumber: '', productName: '', imageUrls: [A], errors: [] });
  });
});

describe('openCsv: files that are refused', () => {
  const limits = { maxRows: 2, maxColumns: 4, maxFileBytes: 4_000, maxCellBytes: 100 };
  const refused: [CsvFileErrorCode, string, string | Buffer, RegExp][] = [
    ['empty_file', 'no bytes', '', /empty/],
    ['empty_file', 'only a byte-order mark', '\uFEFF', /empty/],
    ['empty_file', 'only blank lines', '\n \r\n\n', /empty/],
    ['not_a_csv', 'an xlsx workbook', Buffer.from('504b030414000600', 'hex'), /\.xlsx/],
    ['not_a_csv', 'an xls workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /\.xls/],
    ['not_a_csv', 'gzip', Buffer.from('1f8b08000000', 'hex'), /gzip/],
    ['not_a_csv', 'a PDF', '%PDF-1.7\n', /PDF/],
    ['not_a_csv', 'a PNG', Buffer.from('89504e470d0a1a0a', 'hex'), /PNG/],
    ['not_a_csv', 'a JPEG', Buffer.from('ffd8ffe000104a46', 'hex'), /JPEG/],
    ['not_a_csv', 'a GIF', 'GIF89a', /GIF/],
    ['not_a_csv', 'an HTML page', '\n<!DOCTYPE html><html>', /HTML/],
    ['not_a_csv', 'NUL bytes', `${HEAD}1,\0,${A}`, /NUL/],
    ['not_a_csv', 'NUL characters in UTF-16', encode(`${HEAD}1,\0,${A}`, 'utf-16le'), /NUL/],
    ['unsupported_encoding', 'Windows-1252', Buffer.from(`${HEAD}1,Blé,${A}`, 'latin1'), /UTF-8/],
    ['unsupported_encoding', 'UTF-8 cut in a character', encode(`${HEAD}1,é`).subarray(0, -1), /UTF-8/],
    ['unsupported_encoding', 'UTF-16 cut in a character', encode(HEAD, 'utf-16be').subarray(0, -1), /UTF-16BE/],
    ['unsupported_encoding', 'UTF-16 without a mark', Buffer.from(HEAD, 'utf16le'), /without a byte-order mark/],
    ['unsupported_encoding', 'UTF-32', Buffer.from('fffe000041000000', 'hex'), /UTF-32/],
    ['no_header', 'a header without images', `SKU,Name\n1,n\n`, /No image column.*SKU, Name/],
    ['no_header', 'a header with an unknown delimiter', 'SKU^Image\n1^x\n', /No image column/],
    ['no_header', 'data in the first row', `1,n,${A}\n2,n,${B}\n`, /already holds a URL/],
    ['no_rows', 'only a header', HEAD, /no rows/],
    ['no_rows', 'a header and blank rows', `${HEAD}\n,,\n`, /no rows/],
    ['too_many_rows', 'one row too many', HEAD + `1,n,${A}\n`.repeat(3), /more than 2 rows/],
    ['too_many_columns', 'one column too many', `a,b,c,d,Image\n1,2,3,4,${A}\n`, /5 columns; 4/],
    ['file_too_large', 'one byte too many', HEAD.padEnd(4_001, '\n'), /larger than 4000 bytes/],
    ['malformed_csv', 'an open quote in the header', 'SKU,"Image\n1,x\n', /header.*never closed/],
    ['malformed_csv', 'an open quote in a row', `${HEAD}1,n,${A}\n\n2,"n,${A}\n3,n,${A}\n`, /row 4 is never closed/],
    [
      'malformed_csv',
      'a row without end',
      `${HEAD}1,n,${A}\n2,"${'x'.repeat(1_700)}\n3,n,${A}`,
      /Row 3 is longer than 1600/,
    ],
  ];

  it.each(refused)('%s: %s', async (code, _, input, message) => {
    for (const chunkSizes of [[1], [4_096]]) {
      const error = await readAll(input, { limits, chunkSizes }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(CsvFileError);
      expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    }
  });

  it('names the missing column and the headers seen', async () => {
    await expect(readAll('SKU,Name\n1,n\n')).rejects.toMatchObject({
      details: { missing: ['Input Image Urls'], seen: ['SKU', 'Name'] },
    });
  });

  it('refuses a first row that does not end', async () => {
    await expect(readAll(`Image,${'x'.repeat(200_000)}`, { chunkSizes: [65_536] })).rejects.toMatchObject({
      code: 'no_header',
    });
  });

  it('accepts a file of exactly the limits', async () => {
    const text = (`a,b,c,Image\n` + `1,2,3,${A}\n`.repeat(2)).padEnd(4_000, '\n');
    expect((await readAll(text, { limits })).all).toHaveLength(2);
  });
});

describe('openCsv: the source', () => {
  function watched(text: string): { source: AsyncIterable<Uint8Array>; isClosed: () => boolean } {
    let closed = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield* inChunks(encode(text), [1_000]);
      } finally {
        closed = true;
      }
    }
    return { source: source(), isClosed: () => closed };
  }
  const manyRows = HEAD + `1,n,${A}\n`.repeat(50_000);

  it('is closed when the file is refused', async () => {
    const { source, isClosed } = watched(manyRows.replace('Input Image Urls', 'Nothing'));
    await expect(openCsv(source, DEFAULT_CSV_LIMITS)).rejects.toMatchObject({ code: 'no_header' });
    expect(isClosed()).toBe(true);
  });

  it('is closed when the rows are left early', async () => {
    const { source, isClosed } = watched(manyRows);
    const { rows } = await openCsv(source, DEFAULT_CSV_LIMITS);
    for await (const { index } of rows) if (index === 3) break;
    await expect.poll(isClosed).toBe(true);
  });

  it('passes its own errors on', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* inChunks(encode(manyRows), [200_000]);
      throw new Error('connection reset');
    }
    const { rows } = await openCsv(broken(), DEFAULT_CSV_LIMITS);
    await expect(collect(rows)).rejects.toThrow('connection reset');
  });

  it('is read no further than the rows asked for need', async () => {
    let read = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield encode(HEAD);
      for (;;) yield await Promise.resolve(encode(`${(read += 1)},n,${A}\n`.repeat(100)));
    }
    const { rows } = await openCsv(endless(), DEFAULT_CSV_LIMITS);
    for await (const { index } of rows) if (index === 10_000) break;
    expect(read).toBeLessThan(300);
  });
});
