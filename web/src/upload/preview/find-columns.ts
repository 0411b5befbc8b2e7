/** Positions in the header; several image columns are read from left to right. */
export type Columns = { serialNumber: number | null; productName: number | null; imageUrls: number[] };

// The server's own words: same-as-server.test.ts holds the two together.
const SERIAL_NUMBER = [
  ...['serialnumber', 'serialno', 'serialnum', 'serial', 'sno', 'srno', 'slno', 'sn'],
  ...['sku', 'skuid', 'skucode', 'skunumber', 'productsku', 'variantsku', 'itemsku'],
  ...['productid', 'productcode', 'productnumber', 'productno', 'itemid', 'itemcode', 'itemnumber', 'itemno'],
  ...['articlenumber', 'articleno', 'partnumber', 'partno', 'id', 'number', 'no', 'nr'],
];
const PRODUCT_NAME = [
  ...['productname', 'producttitle', 'itemname', 'itemtitle', 'articlename', 'name', 'title'],
  ...['product', 'item', 'article'],
];
const IMAGE_URLS = new RegExp(
  '^(?:input|product|item|variant|main|primary|additional|other|extra|gallery)?\\d*' +
    '(?:image|img|picture|pic|photo)s?\\d*(?:url|uri|link|src|source|address)?s?\\d*$' +
    '|^inputurls?\\d*$',
);

const MAX_HEADING_LENGTH = 200;

/** Finds what Rowpress reads by the names in the header, whatever their case, spacing and punctuation. */
export function findColumns(header: string[]): Columns {
  const names = header.map(plainName);
  return {
    serialNumber: firstOf(SERIAL_NUMBER, names),
    productName: firstOf(PRODUCT_NAME, names),
    imageUrls: names.flatMap((name, column) => (IMAGE_URLS.test(name) ? [column] : [])),
  };
}

// No synonym is this long, and IMAGE_URLS would take quadratic time on a heading of many digits.
function plainName(heading: string): string {
  if (heading.length > MAX_HEADING_LENGTH) return '';
  return heading
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

function firstOf(synonyms: string[], names: string[]): number | null {
  const synonym = synonyms.find((candidate) => names.includes(candidate));
  return synonym === undefined ? null : names.indexOf(synonym);
}
