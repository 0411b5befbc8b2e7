import assert from 'node:assert/strict';
import type { MemoryAws } from '../fakes/aws/memory-aws.ts';
import { addressIn } from '../fakes/aws/outside.ts';
import { SETTINGS } from '../fakes/lambda.ts';
import { readCsv } from '../support/csv.ts';
import { bytesOf, isFailure, type Catalogue, type CatalogueProduct } from './catalogue.ts';

const data = SETTINGS.DATA_BUCKET ?? '';
const images = SETTINGS.IMAGES_BUCKET ?? '';

/** Where the files are, what they should hold, and the objects that the request came from. */
export type Files = {
  aws: MemoryAws;
  catalogue: Catalogue;
  sources: readonly string[];
  /** The copy that is worked from, if it is not the usual one; `null` when there is none. */
  input?: string | null;
  /** The runs that wrote results; one, if nothing is said. */
  resultsOf?: readonly number[];
  /** The run that stored an image; the first, if nothing is said. */
  runOf?: (url: string) => number;
  /** S3 itself removes them after a day. */
  unfinishedMost?: number;
};

/** I6 and I9: the objects that should be there and no others, each image in its own slot, the result CSVs right. */
export function checkFiles(files: Files, requestId: string): void {
  const { aws, catalogue, sources, input = `uploads/${requestId}.csv`, resultsOf = [1], unfinishedMost = 0 } = files;
  const { s3 } = aws;
  const folders = resultsOf.map((run) => (run === 1 ? `results/${requestId}` : `results/${requestId}/${run}`));
  const keys = folders.flatMap((folder) => [`${folder}/failed.csv`, `${folder}/results.csv`]);
  if (input !== null) keys.push(input);
  assert.deepEqual(s3.keys(data), [...sources, ...keys].sort(), 'no other files');
  assert.ok(s3.unfinishedUploads <= unfinishedMost, 'no unfinished uploads');
  if (input !== null) assert.equal(s3.text(data, input), catalogue.csv);

  const slots = catalogue.products.map((product, index) => outputKeys(files, product, `${requestId}/${index}`));
  checkImages(files, slots);
  const folder = folders.at(-1);
  if (folder === undefined) return;
  checkResults(s3.text(data, `${folder}/results.csv`), catalogue.products, slots);
  checkFailedRows(s3.text(data, `${folder}/failed.csv`), catalogue.products);
}

function checkImages({ aws: { s3 }, catalogue }: Files, slots: readonly string[][]): void {
  const stored = slots.flat().filter((key) => key !== '');
  assert.deepEqual(s3.keys(images), stored.toSorted(), 'no other images');
  for (const [product, keysOfProduct] of slots.entries()) {
    for (const [slot, key] of keysOfProduct.entries()) {
      if (key !== '') assert.equal(addressIn(s3.text(images, key)), catalogue.products[product]?.urls[slot]);
    }
  }
}

const outputKeys = ({ runOf = () => 1 }: Files, { images: outcomes, urls }: CatalogueProduct, place: string) =>
  outcomes.map((image, slot) => {
    const run = runOf(urls[slot] ?? '');
    return isFailure(image) ? '' : `${place}-${slot + 1}${run === 1 ? '' : `-${run}`}.jpg`;
  });

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
