import type { Objects } from '../aws/objects.ts';
import type { ObjectWriter, OpenObjectWriter } from '../aws/object-writer.ts';
import { openCsv, type CsvFile } from '../csv/read-products.ts';
import { failedWriter, resultWriter } from '../csv/write-results.ts';
import { countRecord, describeErrors, type ProductRecord } from './product-record.ts';
import { failedRowsObject, inputObject, resultObject } from './keys.ts';
import type { PageStore } from './page-store.ts';
import type { Request } from './request.ts';

export type ResultDeps = { data: Objects; pages: PageStore; openWriter: OpenObjectWriter };

const CSV_TYPE = { contentType: 'text/csv; charset=utf-8' };
/** Rows are gathered to pieces of about this many characters before they go to S3. */
const PIECE = 64 * 1024;

/**
 * Writes the result CSV and the failed-rows CSV: the input's rows and the table's records side by side, both in order,
 * in one pass and bounded memory. Throws when a row has no record, for then something is lost.
 */
export async function writeResults(request: Request, deps: ResultDeps): Promise<void> {
  const csv = await openCsv(await deps.data.read(inputObject(request)), request.limits);
  const results = deps.openWriter(resultObject(request), CSV_TYPE);
  const failures = deps.openWriter(failedRowsObject(request), CSV_TYPE);
  try {
    await writeRows(csv, recordsOf(request, deps.pages), { results: gathered(results), failures: gathered(failures) });
    await Promise.all([results.close(), failures.close()]);
  } catch (error) {
    const reason = error instanceof Error ? error : new Error(String(error));
    await Promise.allSettled([results.abort(reason), failures.abort(reason)]);
    throw error;
  }
}

type Outputs = { results: Gathered; failures: Gathered };

async function writeRows(
  csv: CsvFile,
  records: AsyncIterator<[number, ProductRecord]>,
  { results, failures }: Outputs,
) {
  const result = resultWriter(csv);
  const failedRow = failedWriter(csv);
  await results.write(result.head());
  await failures.write(failedRow.head());
  for await (const { index, cells } of csv.rows) {
    const next = await records.next();
    if (next.done === true || next.value[0] !== index) throw new Error(`product ${index} has no record`);
    const [, record] = next.value;
    const { bytesIn = 0, bytesOut = 0 } = countRecord(record);
    const error = describeErrors(record);
    const { output_urls: outputUrls, status } = record;
    await results.write(result.row(cells, { outputUrls, status, error, bytesIn, bytesOut }));
    if (status !== 'COMPLETED') await failures.write(failedRow.row(cells, error));
  }
  await Promise.all([results.flush(), failures.flush()]);
}

/** All products in the order of the file, as this run left them: a later one may have begun, and this file is not its. */
async function* recordsOf(request: Request, pages: PageStore): AsyncGenerator<[number, ProductRecord]> {
  const { requestId, totals, generation, voidRuns } = request;
  const range = { first: 0, groups: totals?.groups ?? 0, before: generation + 1, without: voidRuns, consistent: true };
  for await (const page of pages.from(requestId, range)) yield* page.products;
}

type Gathered = Pick<ObjectWriter, 'write'> & { flush: () => Promise<void> };

/** Gathers short texts: a write for each row would cost more than the row. */
function gathered(writer: ObjectWriter): Gathered {
  let pending = '';
  const flush = async () => {
    const text = pending;
    pending = '';
    if (text !== '') await writer.write(text);
  };
  return {
    flush,
    async write(text) {
      pending += text;
      if (pending.length >= PIECE) await flush();
    },
  };
}
