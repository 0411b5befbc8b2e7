import assert from 'node:assert/strict';
import type { MemoryAws } from '../fakes/aws/memory-aws.ts';
import { addressIn } from '../fakes/aws/outside.ts';
import { SETTINGS } from '../fakes/lambda.ts';
import { readCsv } from '../support/csv.ts';
import { bytesOf, isFailure, type Catalogue, type CatalogueProduct } from './catalogue.ts';

const data = SETTINGS.DATA_BUCKET ?? '';
const images = SETTINGS.IMAGES_BUCKET ?? '';

/** Where the files are, what they should hold, and the objects that the request came from. */
export type Files = { aws: MemoryAws; catalogue: Catalogue; sources: readonly string[] };

/** I6 and I9: the objects that should be there and no others, each image in its own slot, the result CSVs right. */
export function checkFiles({ aws: { s3 }, catalogue, sources }: Files, requestId: string): void {
  const keys = [`results/${requestId}/failed.csv`, `results/${requestId}/results.csv`, `uploads/${requestId}.csv`];
  assert.deepEqual(s3.keys(data), [...sources, ...keys].sort(), 'no other files');
  assert.equal(s3.unfinishedUploads, 0, 'no unfinished uploads');
  assert.equal(s3.text(data, `uploads/${requestId}.csv`), catalogue.csv);

  const slots = catalogue.products.map((product, index) => outputKeys(product, requestId, index));
  const stored = slots.flat().filter((key) => key !== '');
  assert.deepEqual(s3.keys(images), stored.toSorted(), 'no other images');
  for (const [product, keysOfProduct] of slots.entries()) {
    for (const [slot, key] of keysOfProduct.entries()) {
      if (key !== '') assert.equal(addressIn(s3.text(images, key)), catalogue.products[product]?.urls[slot]);
    }
  }
  checkResults(s3.text(data, keys[1] ?? ''), catalogue.products, slots);
  checkFailedRows(s3.text(data, keys[0] ?? ''), catalogue.products);
}

const outputKeys = ({ images: outcomes }: CatalogueProduct, requestId: string, index: number) =>
  outcomes.map((image, slot) => (isFailure(image) ? '' : `${requestId}/${index}-${slot + 1}.jpg`));

function checkResults(csv: string, products: readonly CatalogueProduct[], slots: readonly string[][]): void {
  const rows = readCsv(csv).map((row) => ({
    serial: row['S. No.'],
    inputs: row['Input Image Urls'],
    outputs: row['Output Image Urls'],
    status: row.Status,
    codes: codesIn(row.Error),
    bytes: [row['Bytes In'], row['Bytes Out']],
  }));
  const expected = products.map((product, index) => ({
    serial: `SKU-${index + 1}`,
    inputs: product.urls.join(', '),
    outputs: (slots[index] ?? [])
      .map((key) => (key === '' ? '' : `${SETTINGS.PUBLIC_IMAGE_BASE_URL}/${key}`))
      .join(','),
    status: product.status,
    codes: codesOf(product),
    bytes: bytesOf(product.images).map(String),
  }));
  assert.deepEqual(rows, expected, 'the result CSV');
}

function checkFailedRows(csv: string, products: readonly CatalogueProduct[]): void {
  const rows = readCsv(csv).map((row) => ({ serial: row['S. No.'], codes: codesIn(row['Rowpress Error']) }));
  const expected = products.flatMap((product, index) =>
    product.status === 'COMPLETED' ? [] : [{ serial: `SKU-${index + 1}`, codes: codesOf(product) }],
  );
  assert.deepEqual(rows, expected, 'the failed-rows CSV');
}

/** `2 timeout` for each failed image, by its number; `no_images` for a row without any. */
const codesOf = ({ images: outcomes }: CatalogueProduct): string[] =>
  outcomes.length === 0
    ? ['no_images']
    : outcomes.flatMap((image, slot) => (isFailure(image) ? [`${slot + 1} ${image.code}`] : []));

const codesIn = (text = ''): string[] =>
  [...text.matchAll(/(?:^|; )(?:image (\d+): )?([a-z_]+)(?: \(HTTP \d+\))?: /g)].map(([, image, code = '']) =>
    image === undefined ? code : `${image} ${code}`,
  );
