import assert from 'node:assert/strict';
import { expect, test } from 'vitest';
import { rowpress } from '../../cli/testing/fake-session.ts';
import { HostileSource } from '../fakes/aws/event-source.ts';
import { randomHostility } from '../fakes/aws/hostility.ts';
import { callingAs, memoryAws, type MemoryAws } from '../fakes/aws/memory-aws.ts';
import { startHandlers } from '../fakes/aws/start-handlers.ts';
import { seededRandom, type Random } from '../fakes/seeded-random.ts';
import { randomCatalogue } from './catalogue.ts';
import { checkEnding } from './check-ending.ts';
import { keepLedger } from './ledger.ts';
import { addUp, firstSeed, forEachSeed, seedCount } from './seeds.ts';

const SEEDS = seedCount({ short: 8, long: 200 });
const QUEUES = ['ingest', 'pages', 'finish', 'webhooks'];
const PREFIX = 'rowpress-prod';
const SENDS = ['SendMessage', 'SendMessageBatch'];

async function start(seed: number) {
  const random = seededRandom(seed);
  const aws = memoryAws();
  const redriver = watchRedrive(aws, random);
  const sent = rememberSent(aws);
  const ledger = keepLedger(aws);
  const handlers = await startHandlers(aws);
  const source = new HostileSource(handlers, random, randomHostility(random));
  const catalogue = randomCatalogue(random);
  const { statusCode } = await handlers.upload(catalogue.csv, { webhookUrl: 'https://caller.example/flaky-2' });
  assert.equal(statusCode, 202);
  const check = () => checkEnding({ handlers, ledger, catalogue, sources: [] });
  return { random, aws, handlers, source, redriver, sent, check };
}

/** The operator's command, which dies now and then between sending a message and deleting it, and is run again. */
function watchRedrive(aws: MemoryAws, random: Random) {
  const counts = { moved: 0, died: 0 };
  aws.use(async (call, next) => {
    if (call.caller !== 'redrive') return await next();
    // Time stands still here: who waits for messages would wait for ever.
    if (call.name === 'ReceiveMessage') return await next({ ...call.input, WaitTimeSeconds: 0 });
    if (call.name === 'DeleteMessage' && random.chance(0.05)) {
      counts.died++;
      throw new Error('killed');
    }
    if (call.name === 'SendMessage') counts.moved++;
    return await next();
  });
  return {
    counts,
    async runAll(): Promise<void> {
      for (const name of random.sample(QUEUES, QUEUES.length)) {
        const command = () => rowpress('redrive', name, '--queue-prefix', PREFIX);
        while ((await callingAs('redrive', command)).exitCode !== 0) aws.clock.advanceTo(aws.clock.now + 61_000);
      }
    },
  };
}

/** Every message that anybody but the operator ever sent, by its queue. */
function rememberSent(aws: MemoryAws) {
  const sent: { queue: string; body: string }[] = [];
  aws.use(async (call, next) => {
    if (SENDS.includes(call.name) && call.caller !== 'redrive') {
      const { QueueUrl, Entries, ...single } = call.input as { QueueUrl: string; Entries?: Sent[] } & Sent;
      const queue = QueueUrl.split('/').at(-1) ?? '';
      for (const { MessageBody } of Entries ?? [single]) sent.push({ queue, body: MessageBody });
    }
    return await next();
  });
  return sent as readonly (typeof sent)[number][];
}

type Sent = { MessageBody: string };

/** What there is of the request: items, objects, and what its receiver was told. */
const everything = ({ aws, handlers }: Pick<Awaited<ReturnType<typeof start>>, 'aws' | 'handlers'>) => ({
  items: structuredClone(aws.dynamodb.table.items),
  data: aws.s3.keys('rowpress-data'),
  images: aws.s3.keys('rowpress-images'),
  posted: handlers.outside.posted.length,
});

test(`what waits in dead-letter queues is done after all when it is moved back (${SEEDS} seeds)`, async () => {
  const counts = new Map<string, number>();
  await forEachSeed(SEEDS, async (seed) => {
    const { aws, source, redriver, check } = await start(seed);
    // Nothing of it was worked on: as if every delivery and every burial had failed for trouble of the table.
    for (const name of QUEUES) {
      const queue = aws.sqs.queue(`${PREFIX}-${name}`);
      for (const { body } of queue.receive(Infinity, 0, () => undefined))
        aws.sqs.queue(`${PREFIX}-${name}-dead`).send(body);
      for (const { receipts } of queue.messages) queue.remove(receipts.at(-1) ?? '');
    }
    await redriver.runAll();
    await source.runUntilQuiet();
    await check();
    addUp(counts, Object.entries(redriver.counts));
  });
  console.log(`redrive: ${SEEDS} seeds from ${firstSeed}`, Object.fromEntries(counts));
  expect(counts.get('moved')).toBeGreaterThan(0);
  // One seed need not have everything.
  if (SEEDS >= 8) expect(counts.get('died')).toBeGreaterThan(0);
});

test(`every message of an ended request, moved back once more, changes nothing (${SEEDS} seeds)`, async () => {
  const counts = new Map<string, number>();
  await forEachSeed(SEEDS, async (seed) => {
    const run = await start(seed);
    await run.source.runUntilQuiet();
    await run.check();
    const before = everything(run);
    for (const { queue, body } of [...run.sent]) run.aws.sqs.queue(`${queue}-dead`).send(body);
    await run.redriver.runAll();
    await run.source.runUntilQuiet();
    await run.check();
    assert.deepEqual(everything(run), before);
    addUp(counts, Object.entries(run.redriver.counts));
  });
  console.log(`redrive: ${SEEDS} seeds from ${firstSeed}`, Object.fromEntries(counts));
  expect(counts.get('moved')).toBeGreaterThan(0);
  // One seed need not have everything.
  if (SEEDS >= 8) expect(counts.get('died')).toBeGreaterThan(0);
});
