import { setFlagsFromString } from 'node:v8';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failed } from '../../lib/requests/product-record.ts';
import { until } from '../../samples/demo/until.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../samples/demo/webhook-receiver.ts';
import { lambdaContext, SETTINGS } from '../fakes/lambda.ts';
import { seededRandom } from '../fakes/seeded-random.ts';
import { count, seed } from '../hostile/hostile-class.ts';
import { readCsv } from '../support/csv.ts';
import { hostileSqs } from '../support/hostile-sqs.ts';
import { DESERVED, startFlakySite } from './soak/flaky-site.ts';
import { mortalCalls } from './soak/mortal-calls.ts';
import { Shop, type Order } from './soak/shop.ts';
import { deploy, type Deployment } from './stack/deployment.ts';
import { loadFunctions, startSources, type Functions } from './stack/load-functions.ts';
import { messagesIn } from './stack/queues.ts';
import { keysOf, namedBy, recount } from './stack/recount.ts';
import { startStackProcess } from './stack/stack-process.ts';

const WAVES = count(4, 20);
const REQUESTS_PER_WAVE = 5;
const IMAGES = 200;
/** Of the requests of a wave, so many are retried when it is over. */
const RETRIED = 2;
const SEED = Number(process.env.SOAK_SEED ?? seed);
/** What a function has; a delivery that is dead keeps its timers, and what they hold, for no longer than that. */
const FUNCTION_MS = 40_000;
/**
 * In the memory of the process, from one wave of 1,000 images to the next. What is just dying when it is measured makes it
 * swing by one or two; when every image's bytes were kept for a trial, it grew by 14.
 */
const GROWTH_MOST_MB = 2.5;

let stack: Awaited<ReturnType<typeof startStackProcess>>;
let site: Awaited<ReturnType<typeof startFlakySite>>;
let receiver: WebhookReceiver;
let deployment: Deployment;
let functions: Functions;

beforeAll(async () => {
  [stack, site] = await Promise.all([startStackProcess(), startFlakySite()]);
  receiver = await startWebhookReceiver(SETTINGS.WEBHOOK_SECRETS ?? '');
  deployment = await deploy(stack.endpoint, { visibility: 2, deliveries: 15 });
  functions = await loadFunctions({
    ...deployment.environment,
    PAGE_RETRY_SECONDS: '0,0',
    WEBHOOK_RETRY_SECONDS: '0,0,0,0,0,0,0,0',
    CONNECTIONS_PER_HOST: '16',
    // What a dead invocation had reserved stays so, for its process lives on.
    BYTES_IN_FLIGHT: String(2 ** 33),
  });
});
afterAll(async () => {
  deployment.close();
  await Promise.all([stack.stop(), site.close(), receiver[Symbol.asyncDispose]()]);
});

test(`after ${WAVES * REQUESTS_PER_WAVE} requests of ${IMAGES} images under fire nothing is left behind (SOAK_SEED=${SEED})`, async () => {
  const random = seededRandom(SEED);
  const mortal = mortalCalls(random, { dies: 0.15, fails: 0.02 });
  const hostile = hostileSqs(deployment.aws.sqs, random, { duplicate: 0.03, reorder: 0.03, dropDelete: 0.03 });
  const sources = startSources({
    deployment,
    sqs: hostile.sqs,
    atOnce: 10,
    invoke: (name, event) => mortal.invoke(() => functions.get(name)!(event, lambdaContext(FUNCTION_MS))),
  });
  const shop = new Shop(functions, (work) => mortal.invoke(work), {
    random,
    siteUrl: site.url,
    webhookUrl: receiver.url,
  });
  const quiet = (options: Parameters<typeof messagesIn>[1] = { delayed: false }) =>
    until(
      'all queues were empty',
      async () =>
        (hostile.left() === 0 && Object.keys(await messagesIn(deployment, options)).length === 0) || undefined,
      { seconds: 300 },
    );
  const orders: Order[] = [];
  const retried = new Set<string>();
  const memory: number[] = [];
  for (let wave = 0; wave < WAVES; wave++) {
    const names = Array.from({ length: REQUESTS_PER_WAVE }, (_, at) => `wave-${wave}-${at}.csv`);
    const own = await Promise.all(names.map((name) => shop.upload(name, IMAGES)));
    await quiet();
    for (const order of own.slice(0, RETRIED)) if ((await shop.retry(order)) === 'begun') retried.add(order.requestId);
    await quiet();
    orders.push(...own);
    site.forget();
    memory.push(await megabytesHeld());
  }
  await quiet({ delayed: true });
  await sources.stop();
  mortal.restore();
  console.log(`soak: SOAK_SEED=${SEED}`, { ...mortal.counts, ...hostile.counts, memory });

  const outcomes = await Promise.all(orders.map((order) => checkRequest(order, retried.has(order.requestId))));
  expect(await keysOf(deployment.images)).toEqual(outcomes.flatMap(({ named }) => named).toSorted());
  expect((await keysOf(deployment.data)).toSorted()).toEqual(outcomes.flatMap(({ files }) => files).toSorted());
  expect(receiver.refused).toEqual([]);
  const told = new Set(receiver.received.map(({ id }) => id));
  expect([...told].toSorted()).toEqual(outcomes.flatMap(({ webhookIds }) => webhookIds).toSorted());
  const gaveUp = outcomes.reduce((sum, outcome) => sum + outcome.gaveUp, 0);
  console.log(`soak: ${gaveUp} images were given up`);
  expect(gaveUp).toBeLessThan(orders.length * IMAGES * 0.01);
  expect(slopeOf(memory)).toBeLessThan(GROWTH_MOST_MB);
  expect(Math.min(mortal.counts.died, mortal.counts.failed, ...Object.values(hostile.counts))).toBeGreaterThan(10);
  expect(mortal.counts.swept, 'something was there to be swept').toBeGreaterThan(0);
});

/** Everything that a request must be when it is at rest; gives what it has in the buckets. */
async function checkRequest({ requestId, kinds }: Order, wasRetried: boolean) {
  const { request, records, recounted } = await recount(deployment, requestId);
  expect(request).toMatchObject({ status: 'COMPLETED_WITH_ERRORS', webhookStatus: 'delivered' });
  expect(request.counts, 'table = recount').toEqual(recounted);
  expect(request.generation).toBe(wasRetried ? 2 : 1);
  const outcomes = records.map(({ images }) => images.map((image) => (failed(image) ? image.code : 'ok')));
  const gaveUp = outcomes.flat().filter((outcome) => outcome === 'gave_up').length;
  const deserved = kinds.map((own, product) =>
    own.map((kind, slot) => (outcomes[product]?.[slot] === 'gave_up' ? 'gave_up' : DESERVED[kind])),
  );
  expect(outcomes).toEqual(deserved);

  const runs = Array.from({ length: request.generation }, (_, at) => at + 1);
  const folders = runs.map((run) => (run === 1 ? `results/${requestId}` : `results/${requestId}/${run}`));
  const rows = readCsv(await textOf(`${folders.at(-1) ?? ''}/results.csv`));
  expect(rows.map((row) => row['Output Image Urls'])).toEqual(records.map((record) => record.output_urls.join(',')));
  return {
    gaveUp,
    named: namedBy(deployment, records),
    files: [
      `uploads/${requestId}.csv`,
      ...folders.flatMap((folder) => [`${folder}/results.csv`, `${folder}/failed.csv`]),
    ],
    webhookIds: runs.map((run) => `msg_${requestId}_${run}`),
  };
}

async function textOf(key: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await deployment.data.read(key)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** What is reachable: the heap and the buffers outside of it, after everything else was collected. */
async function megabytesHeld(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let times = 0; times < 3; times++) {
    await nextTurn();
    collect();
  }
  const { heapUsed, external } = process.memoryUsage();
  return Math.round((heapUsed + external) / 1e4) / 100;
}

/** Of the line that lies closest to the values. */
function slopeOf(values: readonly number[]): number {
  const [meanX, meanY] = [(values.length - 1) / 2, values.reduce((sum, value) => sum + value, 0) / values.length];
  const products = values.map((value, x) => (x - meanX) * (value - meanY));
  const squares = values.map((_, x) => (x - meanX) ** 2);
  return products.reduce((sum, value) => sum + value, 0) / squares.reduce((sum, value) => sum + value, 0);
}
