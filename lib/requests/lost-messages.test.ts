import { expect, test } from 'vitest';
import { lossyWorld, type IsLost } from '../../tests/fakes/lossy-world.ts';
import { REQUEST_ID } from '../../tests/fakes/make-request.ts';
import { seededRandom } from '../../tests/fakes/seeded-random.ts';
import { csvOf, type World } from '../../tests/fakes/world.ts';
import { ImageOptions } from '../images/image-options.ts';
import { cancelRequest } from './cancel-request.ts';
import { failedRowsObject, resultObject } from './keys.ts';
import { redeliverWebhook } from './redeliver-webhook.ts';
import { retryRequest } from './retry-request.ts';
import { submitCsv } from './submit-csv.ts';

/**
 * What must never happen: messages that SQS has taken are thrown away. The check that runs every 15 minutes must find
 * each request that waits for one and bring it to the end that it would have had.
 */
const OWNER = 'default';

const submission = {
  csv: csvOf([1, 3, 2, 0, 3, 1]),
  fileName: 'products.csv',
  owner: OWNER,
  options: ImageOptions.parse({}),
  webhookUrl: 'https://caller.example/',
};

/** A whole life: submitted, ended, told again, retried; each step waits for the end of the one before. */
async function live(isLost: IsLost, { cancelled = false, dying = false } = {}) {
  const story = lossyWorld(isLost);
  const { world, told, lost } = story;
  const { deps, requests, queues } = world;
  const pagesQueue = { ...deps.pagesQueue, sendAll: () => Promise.reject(new Error('killed')) };
  const submitted = submitCsv(submission, { ...deps, newId: () => REQUEST_ID, ...(dying && { pagesQueue }) });
  if (dying) await expect(submitted).rejects.toThrow('killed');
  else await submitted;
  if (cancelled) {
    const calls = { ...deps, ingestQueue: queues.ingest, webhooksQueue: queues.webhooks };
    await cancelRequest({ requestId: REQUEST_ID, owner: OWNER }, calls);
  }
  let checks = await story.settle();
  const first = await endOf(world);
  await redeliverWebhook(
    { requestId: REQUEST_ID, owner: OWNER, deliveryId: `msg_${REQUEST_ID}_1` },
    { requests, webhooksQueue: queues.webhooks, now: deps.now },
  );
  checks += await story.settle();
  await retryRequest({ requestId: REQUEST_ID, owner: OWNER }, { requests, ingestQueue: queues.ingest, now: deps.now });
  checks += await story.settle();
  return { ends: { first, second: await endOf(world), told: [...new Set(told)] }, lost, checks };
}

/** All that a caller gets to see, without times. */
async function endOf({ requests, data }: World) {
  const request = await requests.get(REQUEST_ID);
  const { status, counts, generation, webhookStatus, resultGeneration = 1 } = request!;
  const run = { requestId: REQUEST_ID, generation: resultGeneration };
  const failedRows = data.stored.get(failedRowsObject(run))?.body.toString();
  return { status, counts, generation, webhookStatus, results: data.text(resultObject(run)), failedRows };
}

const STAGES: [string, IsLost][] = [
  ['every message the first time', (_sent, nth) => nth === 0],
  ['the promises behind uploads and retries', ({ to, message }) => to === 'ingest' && message.kind !== 'resend'],
  ['all pages the first time', ({ to }, nth) => to === 'pages' && nth < 6],
  ['one page in the middle', ({ to }, nth) => to === 'pages' && nth === 3],
  ['the same page again and again', ({ to, message }, nth) => to === 'pages' && message.page === 1 && nth < 20],
  ['finish messages', ({ to }, nth) => to === 'finish' && nth % 3 < 2],
  ['webhook messages', ({ to }, nth) => to === 'webhooks' && nth % 3 < 2],
  [
    'what is sent again, too',
    ({ to, message }, nth) => (to !== 'ingest' || message.kind === 'resend' ? nth % 3 < 2 : true),
  ],
];

test('nothing is lost: no check is needed, and the caller is told of both runs', async () => {
  const { ends, checks, lost } = await live(() => false);
  const { first, second, told } = ends;
  expect([checks, lost]).toEqual([0, []]);
  expect(first).toMatchObject({ status: 'COMPLETED_WITH_ERRORS', generation: 1, webhookStatus: 'delivered' });
  expect(first.counts).toMatchObject({ productsFailed: 1, productsPartial: 2, productsCompleted: 3, imagesFailed: 2 });
  expect(second).toMatchObject({ generation: 2, webhookStatus: 'delivered' });
  expect(second.counts).toMatchObject({ productsFailed: 1, productsCompleted: 5, imagesCompressed: 10 });
  expect(told).toEqual([`msg_${REQUEST_ID}_1`, `msg_${REQUEST_ID}_2`]);
});

test.each(STAGES)('%s lost: the checks bring the request to the very same end', async (_name, isLost) => {
  const { lost, checks, ends } = await live(isLost);
  expect([lost.length > 0, checks > 0]).toEqual([true, true]);
  expect(ends).toEqual((await live(() => false)).ends);
});

test('an upload that died while it sent its pages, and whose insurance is lost: the same end', async () => {
  const isLost: IsLost = ({ to, message }) => to === 'ingest' && message.kind === 'ingest';
  const { lost, checks, ends } = await live(isLost, { dying: true });
  expect([lost, checks > 0]).toEqual([['ingest'], true]);
  expect(ends).toEqual((await live(() => false)).ends);
});

test('a cancelled request whose pages and promises are lost ends as cancelled', async () => {
  const { lost, checks, ends } = await live((_sent, nth) => nth < 6, { cancelled: true });
  const { first, second } = ends;
  expect([lost.length > 0, checks > 0]).toEqual([true, true]);
  expect(first).toMatchObject({ status: 'CANCELLED', webhookStatus: 'delivered' });
  expect(second).toMatchObject({ generation: 2, webhookStatus: 'delivered' });
});

const RUNS = Number(process.env.LOST_RUNS ?? 150);
const FIRST_SEED = Number(process.env.LOST_SEED ?? 1);

test(`a third of all messages lost, at random: the same end (${RUNS} runs from seed ${FIRST_SEED})`, async () => {
  const { ends: expected } = await live(() => false);
  let thrown = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
    const random = seededRandom(seed);
    const { lost, ends } = await live(() => random.chance(1 / 3), { dying: random.chance(0.3) });
    expect(ends, `rerun with LOST_SEED=${seed} LOST_RUNS=1`).toEqual(expected);
    thrown += lost.length;
  }
  console.log(`lost messages: ${RUNS} runs from seed ${FIRST_SEED}, ${thrown} messages thrown away`);
  expect(thrown).toBeGreaterThan(RUNS);
}, 120_000);
