import type { RowErrorCode } from '../../lib/csv/to-product.ts';
import { A, type CsvCase, csvClass, GOOD, HEAD } from './csv-case.ts';

type Expected = [text: string, errors: (RowErrorCode | null)[], urls?: number];

/** The rows below a usual header, how each ends, and how many URLs the first one has. */
const ROWS: Record<string, Expected> = {
  'a row of one cell': ['1\n', ['no_images']],
  'a short row': ['1,n\n', ['no_images']],
  'a short row between good ones': [`${GOOD}2\n${GOOD}`, [null, 'no_images', null]],
  'cells beyond the header that are URLs': [`1,n,${A},${A},${A}\n`, [null], 3],
  'cells beyond the header that are blank': [`1,n,${A},,, ,\n`, [null], 1],
  'a cell beyond the header that is text': [`1,n,${A},oops\n`, ['extra_cells']],
  'a URL cut at its comma by a missing quote': [`1,n,${A}?w=1,h=2\n`, ['extra_cells']],
  'blank lines between rows': [`\n${GOOD}\n\n,,\n${GOOD}\n`, [null, null]],
  'the same serial number twice': [GOOD.repeat(3), [null, null, null]],
  'the header again': [HEAD + GOOD, [null, null]],
  'no URL': ['1,n,\n', ['no_images']],
  'only separators for URLs': ['1,n," , ; | \n "\n', ['no_images']],
  'text for a URL': ['1,n,photo.jpg\n', [null], 1],
  'a script for a URL': ['1,n,javascript:alert(1)\n', [null], 1],
  'commas within URLs': [`1,n,"${A}?w=300,h=200,${A}?a,b,c"\n`, [null], 2],
  'a URL within a URL': [`1,n,https://proxy.example/${A}\n`, [null], 1],
  'URLs by lines': [`1,n,"${A}\r\n${A}\n${A}\r${A}"\n`, [null], 4],
  'URLs by semicolons and pipes': [`1,n,${A};${A}|${A} ; ${A}\n`, [null], 4],
  'URLs by spaces and tabs': [`1,n,${A} ${A}\t${A}\n`, [null], 3],
  '200 URLs': [`1,n,"${Array<string>(200).fill(A).join()}"\n`, [null], 200],
  '201 URLs': [`1,n,"${Array<string>(201).fill(A).join()}"\n`, ['too_many_images']],
  '10,000 short URLs in a cell': [`1,n,"${Array<string>(10_000).fill('http:').join()}"\n`, ['too_many_images']],
  '10,000 URLs in a cell': [`1,n,"${Array<string>(10_000).fill(A).join()}"\n`, ['cell_too_large']],
  '10,000 URLs in cells beyond the header': [`1,n,${Array<string>(10_000).fill(A).join()}\n`, ['too_many_images']],
  'a URL of 2,048 characters': [`1,n,${A.padEnd(2_048, 'x')}\n`, [null], 1],
  'a URL of 2,049 characters': [`1,n,${A.padEnd(2_049, 'x')}\n`, ['url_too_long']],
  'a cell of 64 KiB': [`1,${'x'.repeat(65_536)},${A}\n`, [null], 1],
  'a cell of a byte more': [`1,${'x'.repeat(65_537)},${A}\n`, ['cell_too_large']],
  'a cell of 64 KiB and a character of three bytes': [`1,${'x'.repeat(65_534)}€,${A}\n`, ['cell_too_large']],
  'a cell of 900 kB between good rows': [
    `${GOOD}2,${'x'.repeat(900_000)},${A}\n${GOOD}`,
    [null, 'cell_too_large', null],
  ],
  'URLs that are too large together': [
    `1,n,${Array<string>(100).fill(A.padEnd(700, 'x')).join()}\n`,
    ['urls_too_large'],
  ],
  'quotes inside cells': [`1,5" screen,${A}\n2,"6"" screen",${A}\n`, [null, null]],
  'text behind a closing quote': [`1,"7" screen,${A}\n`, [null]],
  'a quoted line break': [`1,"two\r\nlines",${A}\n`, [null], 1],
  'names of object properties': [`__proto__,constructor,${A}\n`, [null], 1],
  'combining and right-to-left characters': [`1,e\u0301\u202eabc\u200f,${A}\n`, [null], 1],
  'characters that are no characters': [`1,\ufffe\uffff\ufdd0,${A}\n`, [null], 1],
  'control characters': [`1,\x01\x07\x1b[31m\x7f,${A}\n`, [null], 1],
};

const rows: CsvCase[] = Object.entries(ROWS).map(([name, [text, errors, urls]]) => ({
  name,
  file: () => Buffer.from(HEAD + text),
  read: {
    rows: errors.length,
    errors,
    holds: ([first]) => urls === undefined || first?.product.imageUrls.length === urls,
  },
}));

const HEADERS: [serial: string, name: string, images: string, more?: string][] = [
  ['S. No.', 'Product Name', 'Input Image Urls'],
  ['Serial Number', 'Product Name', 'Input Image URLs'],
  ['serial_number', 'product_name', 'input_urls'],
  ['SERIAL-NUMBER', 'PRODUCT-NAME', 'IMAGE-URL'],
  ['  S.No  ', ' product name ', ' input image urls '],
  ['SKU', 'Name', 'Image URL'],
  ['sku', 'title', 'images'],
  ['Variant SKU', 'Title', 'Image Src'],
  ['Item No.', 'Item name', 'Picture'],
  ['Article number', 'Article', 'Photos'],
  ['id', 'product', 'img'],
  ['ID', 'Product title', 'main_image_link'],
  ['Part No', 'Name', 'Image 1 URL'],
  ['Ｓｋｕ', 'Ｎａｍｅ', 'Ｉｍａｇｅ'],
  ['"SKU"', '"Product\nName"', '"Image\nURLs"'],
  ['S/N', 'Product Name', 'additional_image_link'],
  ['SKU', 'Name', 'Image', 'SKU,Name,SKU'],
  ['SKU', 'Name', 'Image', ',,'],
  ['SKU', 'Name', 'Image', '=cmd,@x,__proto__'],
  ['SKU', 'Name', 'Image', 'Output Image Urls'],
];

const headers: CsvCase[] = HEADERS.map((headings) => ({
  name: headings.join(' / '),
  file: () => Buffer.from(`${headings.join()}\n7,Lamp,${A}${headings.length > 3 ? ',x' : ''}\n`),
  read: {
    rows: 1,
    errors: [null],
    holds: ([row]) =>
      row?.product.serialNumber === '7' && row.product.productName === 'Lamp' && row.product.imageUrls.join() === A,
  },
}));

export const ROWS_AND_HEADERS = [
  csvClass({
    input: 'Ragged, dirty and oversized rows',
    ends: 'one product per row: read, or no_images, too_many_images, url_too_long, urls_too_large, cell_too_large, extra_cells',
    list: rows,
  }),
  csvClass({
    input: 'Headers by any name, doubled, quoted, empty, hostile',
    ends: 'the right three columns',
    list: headers,
  }),
];
