import { DEFAULT_CSV_LIMITS } from '../../lib/csv/limits.ts';
import { ImageOptions } from '../../lib/images/image-options.ts';
import { requestKey } from '../../lib/requests/keys.ts';
import type { ImageOutcome, Product, ProductRecord } from '../../lib/requests/product-record.ts';
import type { Ending } from '../../lib/requests/page-store.ts';
import { countRecord, toRecord } from '../../lib/requests/product-record.ts';
import type { Request } from '../../lib/requests/request.ts';

/** The request of every recorded event. */
export const REQUEST_ID = '01K6XJ5T3N8Z4QW2V7YBCDEFGH';

/** Its first run. */
export const RUN = { requestId: REQUEST_ID, generation: 1 };

/** A request whose pages are being worked on, but for what is given. */
export const makeRequest = (fields: Partial<Request> = {}): Request => ({
  requestId: REQUEST_ID,
  owner: 'default',
  status: 'PROCESSING',
  source: 'api',
  fileName: 'products.csv',
  options: ImageOptions.parse({}),
  limits: DEFAULT_CSV_LIMITS,
  generation: 1,
  createdAt: '2025-10-05T17:58:28.000Z',
  expiresAt: 4_102_444_800,
  totals: { products: 2, images: 3, pages: 1, groups: 1, rejectedRows: 0 },
  plan: { imagesPerPage: 40, productsPerPage: 25 },
  sealedGeneration: 1,
  counts: {},
  ...(fields.status?.startsWith('COMPLETED') && { resultGeneration: 1 }),
  ...fields,
});

/** The same as it stands in the table. */
export function requestItem(fields: Partial<Request> = {}): Record<string, unknown> {
  const { counts, ...request } = makeRequest(fields);
  return { ...requestKey(request.requestId), ...request, ...counts };
}

/** The product at this place of a file, with so many images. */
export const makeProduct = (index: number, images = 1): Product => ({
  index,
  row: index + 2,
  serialNumber: String(index + 1),
  productName: `Product ${index + 1}`,
  imageUrls: Array.from({ length: images }, (_, slot) => `https://shop.example/${index}/${slot}.jpg`),
  errors: [],
});

export const imageDone = (fields: Partial<ImageOutcome> = {}): ImageOutcome => ({
  outputUrl: 'https://images.example/0-1.jpg',
  bytesIn: 100,
  bytesOut: 50,
  format: 'jpeg',
  width: 10,
  height: 10,
  warnings: [],
  ...fields,
});

export const imageFailed = (code: string): ImageOutcome => ({ code, message: `It was ${code}.`, httpStatus: null });

export const makeRecord = (index: number, images: ImageOutcome[]): ProductRecord =>
  toRecord(REQUEST_ID, makeProduct(index, images.length), images);

/** Products that end so in a first run, by their index. */
export const makeEndings = (records: Iterable<[index: number, record: ProductRecord]>): Map<number, Ending> =>
  new Map([...records].map(([index, record]) => [index, { record, counts: countRecord(record) }]));
