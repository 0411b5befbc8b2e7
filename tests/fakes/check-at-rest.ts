import assert from 'node:assert/strict';
import { sumCounts } from '../../lib/requests/counts.ts';
import { standingCounts } from '../../lib/requests/current-counts.ts';
import { failedRowsObject, resultObject, type Run } from '../../lib/requests/keys.ts';
import { countRecord, type ProductRecord } from '../../lib/requests/product-record.ts';
import { hasEnded, type Request } from '../../lib/requests/request.ts';
import { readCsv } from '../support/csv.ts';
import type { World } from './world.ts';
import type { WriteRules } from './write-rules.ts';

export type AtRest = { world: World; rules: WriteRules; imagesPerProduct: readonly number[] };

/**
 * Everything that must be true of a request once nothing moves any more. `node:assert` instead of `expect`, for it runs
 * many thousand times.
 */
export async function checkAtRest(requestId: string, { world, rules, imagesPerProduct }: AtRest): Promise<Request> {
  assert.deepEqual(rules.broken, [], 'no write did what none may do');
  const request = await world.requests.get(requestId, { consistent: true });
  assert.ok(request && hasEnded(request), `it has ended, not ${request?.status ?? 'gone'}`);
  const ends = rules.endsOf(requestId);
  assert.deepEqual(
    ends.map((end) => Number(end.split(' ')[0])),
    Array.from({ length: request.generation }, (_, at) => at + 1),
    `each run ended once: ${ends.join(', ')}`,
  );
  assert.equal(ends.at(-1), `${request.generation} ${request.status}`);

  for (const end of ends) {
    const [generation, status = ''] = end.split(' ');
    // What was withdrawn before its file came has no result.
    if (status !== 'FAILED' && request.totals) await checkResult({ requestId, generation: Number(generation) }, world);
  }
  const records = await recordsOf({ requestId, generation: request.generation }, world);
  checkImages(records, world);
  // A first run that could not be begun counts whatever was done until then.
  if (request.error?.code === 'ingest_failed') return request;
  assert.deepEqual(
    records.map((record) => record.images.length),
    imagesPerProduct,
    'every product has its record',
  );
  assert.deepEqual(standingCounts(request), sumCounts(records.map(countRecord)), 'counts are what a recount gives');
  const flawless = records.every(({ status }) => status === 'COMPLETED');
  if (request.status.startsWith('COMPLETED')) {
    assert.equal(request.status, flawless ? 'COMPLETED' : 'COMPLETED_WITH_ERRORS');
  }
  return request;
}

/** Once all is swept, no image is there that no record names. */
export async function checkNoOrphans({ requestId, generation }: Run, world: World): Promise<void> {
  const records = await recordsOf({ requestId, generation }, world);
  const named = records.flatMap(({ output_urls: urls }) => urls.filter((url) => url !== ''));
  const stored = [...world.images.stored.keys()].filter((key) => key.startsWith(`${requestId}/`));
  assert.deepEqual(
    stored.map((key) => `${world.deps.imageBaseUrl}/${key}`).sort(),
    named.sort(),
    'images that are stored',
  );
}

/** The products as this run left them. */
async function recordsOf({ requestId, generation }: Run, { pages, requests }: World): Promise<ProductRecord[]> {
  const found: ProductRecord[] = [];
  const without = (await requests.get(requestId))?.voidRuns;
  const range = { first: 0, groups: 10, consistent: true, before: generation + 1, without };
  for await (const { products } of pages.from(requestId, range)) found.push(...products.values());
  return found;
}

/** The result of every run, also of those that others followed, tells what that run came to: all rows, in order. */
async function checkResult(run: Run, world: World): Promise<void> {
  const records = await recordsOf(run, world);
  const rows = readCsv(world.data.text(resultObject(run)));
  assert.deepEqual(
    rows.map((row) => [row['S. No.'], row.Status, row['Output Image Urls']]),
    records.map((record) => [record.serial_number, record.status, record.output_urls.join(',')]),
    `the result of run ${run.generation}`,
  );
  assert.deepEqual(
    readCsv(world.data.text(failedRowsObject(run))).map((row) => row['S. No.']),
    records.filter(({ status }) => status !== 'COMPLETED').map(({ serial_number }) => serial_number),
    `the failed rows of run ${run.generation}`,
  );
}

/** What is promised as an output is there to be had. */
function checkImages(records: readonly ProductRecord[], { images, deps }: World): void {
  const promised = records.flatMap(({ output_urls: urls }) => urls).filter((url) => url !== '');
  for (const url of promised) {
    assert.ok(images.stored.has(url.slice(deps.imageBaseUrl.length + 1)), `${url} is there`);
  }
}
