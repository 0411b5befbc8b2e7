import { createReadStream } from 'node:fs';
import type { ObjectWriter } from '../../lib/aws/object-writer.ts';
import type { Item, Query } from '../../lib/aws/table.ts';
import { DEFAULT_CSV_LIMITS } from '../../lib/csv/limits.ts';
import { ImageOptions } from '../../lib/images/image-options.ts';
import { newRequestId } from '../../lib/requests/ids.ts';
import { PAGE_PREFIX, PAGES_PER_GROUP, resultObject } from '../../lib/requests/keys.ts';
import { newRequest } from '../../lib/requests/new-request.ts';
import { DEFAULT_OWNER } from '../../lib/requests/owner.ts';
import { pageStore } from '../../lib/requests/page-store.ts';
import type { ProductRecord } from '../../lib/requests/product-record.ts';
import { writeResults } from '../../lib/requests/write-results.ts';
import { MemoryObjects } from '../../tests/fakes/memory-objects.ts';
import { MemoryTable } from '../../tests/fakes/memory-table.ts';
import { answer } from '../child.ts';
import { supplierUrl } from '../csv.ts';
import { costOf, type Cost } from '../timed.ts';

export type FinishInput = { file: string; rows: number; imagesPerRow: number };
export type FinishRun = Cost & { bytes: number };

/** As ingest cuts a large file with three images a row. */
const ROWS_PER_PAGE = 13;
/** DynamoDB answers with at most 1 MB at once. */
const PAGES_PER_ANSWER = 80;

/** The use case over a table whose items are made when they are asked for, and a writer that only counts. */
await answer(async (input: FinishInput): Promise<FinishRun> => {
  const requestId = newRequestId();
  const pageCount = Math.ceil(input.rows / ROWS_PER_PAGE);
  const groups = Math.ceil(pageCount / PAGES_PER_GROUP);
  const fields = { requestId, owner: DEFAULT_OWNER, source: 'api', fileName: 'bench.csv', status: 'RECEIVED' } as const;
  const rules = { limits: DEFAULT_CSV_LIMITS, ttlDays: 90 };
  const request = {
    ...newRequest({ ...fields, options: ImageOptions.parse({}) }, rules, new Date()),
    totals: { products: input.rows, images: 0, pages: pageCount, groups, rejectedRows: 0 },
  };
  const query = ({ pk = '', after }: Query) => {
    const group = Number(pk.slice(pk.lastIndexOf('G') + 1));
    const first = after === undefined ? group * PAGES_PER_GROUP : Number(after.slice(PAGE_PREFIX.length)) + 1;
    const end = Math.min((group + 1) * PAGES_PER_GROUP, pageCount);
    const count = Math.min(PAGES_PER_ANSWER, end - first);
    const items = Array.from({ length: count }, (_, at) => pageItem(first + at, requestId, input));
    return Promise.resolve({ items, more: first + count < end });
  };
  let bytes = 0;
  const openWriter = (key: string): ObjectWriter => ({
    write(text) {
      if (key === resultObject({ requestId, generation: 1 })) bytes += Buffer.byteLength(text);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
    abort: () => Promise.resolve(),
  });
  const data = Object.assign(new MemoryObjects(), { read: () => Promise.resolve(createReadStream(input.file)) });
  const pages = pageStore(Object.assign(new MemoryTable(), { query }));
  const cost = await costOf(() => writeResults(request, { data, pages, openWriter }));
  return { ...cost, bytes };
});

function pageItem(page: number, requestId: string, { rows, imagesPerRow }: FinishInput): Item {
  const first = page * ROWS_PER_PAGE;
  const indexes = Array.from({ length: Math.min(ROWS_PER_PAGE, rows - first) }, (_, at) => first + at);
  const records = indexes.map((index) => [`r${index}`, record(index, requestId, imagesPerRow)] as const);
  return { page, settled: indexes.length, ...Object.fromEntries(records) };
}

function record(index: number, requestId: string, imagesPerRow: number): ProductRecord {
  const slots = Array.from({ length: imagesPerRow }, (_, image) => image);
  const outputUrls = slots.map(
    (image) => `https://d1234abcd.cloudfront.example/${requestId}/${index}-${image + 1}.jpg`,
  );
  return {
    serial_number: String(index + 1),
    product_name: `Cushion "Brücke", 45 x 45 cm, no. ${index}`,
    input_urls: slots.map((image) => supplierUrl(index * imagesPerRow + image)),
    output_urls: outputUrls,
    request_id: requestId,
    status: 'COMPLETED',
    row: index + 2,
    errors: [],
    images: outputUrls.map((outputUrl) => ({
      outputUrl,
      bytesIn: 412_345,
      bytesOut: 123_456,
      format: 'jpeg',
      width: 1600,
      height: 1200,
      warnings: [],
    })),
  };
}
