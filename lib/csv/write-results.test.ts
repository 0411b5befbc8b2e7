import { describe, expect, it } from 'vitest';
import { readAll } from './test-kit.ts';
import { failedWriter, resultWriter } from './write-results.ts';

const A = 'https://x.example/a.jpg';
const B = 'https://x.example/b,c.jpg';
const done = {
  outputUrls: ['https://o/1', '', 'https://o/3'],
  status: 'PARTIAL',
  error: '2: not_found',
  bytesIn: 900,
  bytesOut: 300,
};

async function results(input: string): Promise<string> {
  const file = await readAll(input);
  const writer = resultWriter(file);
  return writer.head() + file.all.map(({ cells }) => writer.row(cells, done)).join('');
}

async function failedRows(input: string): Promise<string> {
  const file = await readAll(input);
  const writer = failedWriter(file);
  return writer.head() + file.all.map(({ cells }) => writer.row(cells, 'not_found: gone')).join('');
}

describe('resultWriter', () => {
  it('writes the input, and our columns after it, for Excel', async () => {
    expect(await results(`SKU,Images\n1,"${A},${B}"\n`)).toBe(
      '\uFEFFSKU,Images,Output Image Urls,Status,Error,Bytes In,Bytes Out\r\n' +
        `1,"${A},${B}","https://o/1,,https://o/3",PARTIAL,2: not_found,900,300\r\n`,
    );
  });

  it('keeps the delimiter and quotes what needs it', async () => {
    expect(await results(`SKU;Note;Images\n1;"a;b ""c""\nd";${A}\n`)).toBe(
      '\uFEFFSKU;Note;Images;Output Image Urls;Status;Error;Bytes In;Bytes Out\r\n' +
        `1;"a;b ""c""\nd";${A};"https://o/1,,https://o/3";PARTIAL;2: not_found;900;300\r\n`,
    );
  });

  it('pads short rows, and keeps cells beyond the header after our columns', async () => {
    const lines = (await results(`SKU,Images,Note\n1\n2,${A},x,${A},y\n`)).split('\r\n');
    expect(lines[1]).toBe('1,,,"https://o/1,,https://o/3",PARTIAL,2: not_found,900,300');
    expect(lines[2]).toBe(`2,${A},x,"https://o/1,,https://o/3",PARTIAL,2: not_found,900,300,${A},y`);
  });

  it('neutralises formulas in the header, the cells and our columns', async () => {
    const file = await readAll(`=cmd,Images\n@x,${A}\n-5,${A}\n`);
    const writer = resultWriter(file);
    expect(writer.head()).toContain("'=cmd,");
    expect(writer.row(file.all[0]!.cells, { ...done, error: '=HYPERLINK(1)' })).toMatch(/^'@x,.*,'=HYPERLINK\(1\),900/);
    expect(writer.row(file.all[1]!.cells, done)).toMatch(/^-5,/);
  });
});

describe.each([',', ';', '\t', '|'])('a file that is written with %j', (own) => {
  it.each([',', ';', '\t', '|'])('has no formula for a spreadsheet that takes %j for the separator', async (other) => {
    const cell = ['Mug;=1+1;', 'Mug,=1+1,', 'Mug\t@SUM(A1)\t', 'Mug|=1+1|', 'a\n=1+1', '";""=1"'].join('\n');
    const text = await results(`SKU${own}Images${own}Note\n1${own}${A}${own}"${cell.replaceAll('"', '""')}"\n`);
    // At worst no quote counts, and each separator and line break begins a cell.
    const seen = text.split(new RegExp(`[\\${other}\r\n]`));
    expect(seen.length).toBeGreaterThan(8);
    expect(seen.filter((part) => /^[\s"]*[=@]/.test(part))).toEqual([]);
    expect((await readAll(text)).all[0]?.cells[2]).toBe(cell);
  });
});

it('quotes every cell that some spreadsheet would cut', async () => {
  expect(await results(`SKU|Images\na;b|${A}\na,b|${A}\na\tb|${A}\n`)).toMatch(/"a;b".*"a,b".*"a\tb"/s);
});

describe('failedWriter', () => {
  it('writes the input row and why it failed', async () => {
    expect(await failedRows(`SKU\tImages\n1\t${A}\n`)).toBe(
      `\uFEFFSKU\tImages\tRowpress Error\r\n1\t${A}\tnot_found: gone\r\n`,
    );
  });
});

describe('a file of ours that comes back', () => {
  const input = `=cmd;'=x;Images;"Note; 1"\n-1+1;'=y;${A};"l1\nl2"\n2;''@z;"${A} ${B}";;${B};\n3\n`;

  it.each([
    ['results', results],
    ['failed rows', failedRows],
  ])('%s: reads as the same rows, and is written the same', async (_, write) => {
    const original = await readAll(input);
    const written = await write(input);
    const reread = await readAll(written);
    expect(reread.header).toEqual(original.header);
    expect(reread.columns).toEqual(original.columns);
    expect(reread.all.map(({ product }) => product)).toEqual(original.all.map(({ product }) => product));
    expect(reread.all.map(({ cells }) => cells.slice(0, 3))).toEqual([
      ['-1+1', "'=y", A],
      ['2', "''@z", `${A} ${B}`],
      ['3', '', ''],
    ]);
    expect(await write(written)).toBe(written);
  });

  it('gets our columns replaced when one kind is made from the other', async () => {
    expect(await results(await failedRows(input))).toBe(await results(input));
    expect(await failedRows(await results(input))).toBe(await failedRows(input));
  });

  it('is another file once our columns are not its last ones', async () => {
    const { header, columns } = await readAll(`Images,Output Image Urls,Status,Error,Bytes In,Bytes Out,Mine\n${A}\n`);
    expect(header).toHaveLength(7);
    expect(columns.imageUrls).toEqual([0]);
  });

  it('keeps an apostrophe that was not ours', async () => {
    expect((await readAll(`SKU,Images\n'=x,${A}\n`)).all[0]?.cells[0]).toBe("'=x");
  });
});
