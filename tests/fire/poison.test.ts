import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startStack, type Stack } from '../../infra/local/stack.ts';
import { failed } from '../../lib/requests/product-record.ts';
import { until } from '../../samples/demo/until.ts';
import { long } from '../hostile/hostile-class.ts';
import { lambdaContext } from '../fakes/lambda.ts';
import { csvOf } from '../support/csv.ts';
import { messagesLeft } from '../support/queues.ts';
import type { Poison } from './poison/poison.ts';
import { startPoisonSite } from './poison/poison-site.ts';
import { deploy, type Deployment } from './stack/deployment.ts';
import { loadFunctions, startSources, uploadEvent, type Functions } from './stack/load-functions.ts';
import { processesOf, type Processes } from './stack/processes.ts';
import { keysOf, namedBy, recount } from './stack/recount.ts';

/** Enough for pages of three products. */
const PRODUCTS = 201;
/** Of these, ten are kept back for settling: the signal comes after four. */
const FUNCTION_SECONDS = 14;
/** Longer than a delivery lasts that hangs. */
const VISIBILITY_SECONDS = 10;
const HEAP_MB = 128;
const PROCESSES = 3;

const cacheDir = mkdtempSync(join(tmpdir(), 'rowpress-poison-'));
let stack: Stack;
let deployment: Deployment;
let functions: Functions;
let processes: Processes;
let site: Awaited<ReturnType<typeof startPoisonSite>>;

beforeAll(async () => {
  [stack, site] = await Promise.all([startStack(), startPoisonSite()]);
  deployment = await deploy(stack.endpoint, { visibility: VISIBILITY_SECONDS });
  const { environment } = deployment;
  functions = await loadFunctions(environment);
  processes = processesOf({
    functionName: 'compress-images',
    env: { ...environment, PAGE_RETRY_SECONDS: '0,0', NODE_COMPILE_CACHE: cacheDir },
    execArgv: [`--max-old-space-size=${HEAP_MB}`, '--import', `${import.meta.dirname}/poison/preload.ts`],
    seconds: FUNCTION_SECONDS,
    atOnce: PROCESSES,
  });
});
afterAll(async () => {
  await processes.close();
  deployment.close();
  await Promise.all([stack.stop(), site.close()]);
  rmSync(cacheDir, { recursive: true });
});

/** Which product's images are poisoned: alone on its page, two on one page, and one beside a good one in a product. */
const POISONED: Record<number, (Poison | 'ok')[]> = {
  10: ['kills'],
  40: ['exhausts'],
  70: ['hangs'],
  100: ['kills'],
  101: ['exhausts'],
  130: ['ok', 'kills'],
  161: ['hangs'],
  162: ['kills'],
};
/** Costs a processor for the whole of a function's time, as often as it is tried. */
if (long) POISONED[190] = ['spins'];

test('images that hang, exhaust the memory or kill the process end as given up, and harm no other', async () => {
  const rows = Array.from({ length: PRODUCTS }, (_, product) => ({
    urls: (POISONED[product] ?? ['ok']).map((kind, slot) => `${site.url}/${kind}/${product}-${slot}.jpg`),
  }));
  const sources = startSources({
    deployment,
    atOnce: PROCESSES,
    invoke: (name, event) =>
      name === 'compress-images' ? processes.invoke(event) : functions.get(name)!(event, lambdaContext()),
  });
  const answer = await functions.get('upload-csv')!(
    uploadEvent(csvOf(rows), { fileName: 'poison.csv' }),
    lambdaContext(),
  );
  const { requestId } = JSON.parse((answer as { body: string }).body) as { requestId: string };
  await until(
    'all queues were empty',
    async () => (Object.keys(await messagesLeft(deployment.aws.sqs)).length === 0 ? true : undefined),
    { seconds: 400, everyMs: 500 },
  );
  await sources.stop();

  const { request, records, recounted } = await recount(deployment, requestId);
  console.log(`poison: ${processes.deaths.length} processes died: ${[...new Set(processes.deaths)].join(', ')}`);
  const outcomes = records.map(({ images }) => images.map((image) => (failed(image) ? image.code : 'ok')));
  expect(outcomes).toEqual(
    rows.map(({ urls }) => urls.map((url) => (url.startsWith(`${site.url}/ok/`) ? 'ok' : 'gave_up'))),
  );
  const poisons = Object.values(POISONED)
    .flat()
    .filter((kind) => kind !== 'ok').length;
  expect(request.status).toBe('COMPLETED_WITH_ERRORS');
  expect(request.counts).toEqual(recounted);
  expect(recounted).toMatchObject({
    productsCompleted: PRODUCTS - Object.keys(POISONED).length,
    productsPartial: 1,
    imagesCompressed: PRODUCTS + 1 - poisons,
    imagesFailed: poisons,
    error_gave_up: poisons,
  });
  expect(await keysOf(deployment.images)).toEqual(namedBy(deployment, records));
  expect(new Set(processes.deaths)).toEqual(new Set(['SIGKILL', 'SIGABRT', 'exit 1']));
});
