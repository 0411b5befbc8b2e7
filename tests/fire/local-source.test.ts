import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { memoryAws, type MemoryAws } from '../fakes/aws/memory-aws.ts';
import { arnOf } from '../fakes/aws/memory-sqs.ts';
import { startHandlers, type Handlers } from '../fakes/aws/start-handlers.ts';
import { nextTurn, unevenLatency } from '../fakes/aws/turns.ts';
import { seededRandom } from '../fakes/seeded-random.ts';
import { hostileSqs } from '../support/hostile-sqs.ts';
import { randomCatalogue } from './catalogue.ts';
import { checkEnding } from './check-ending.ts';
import { keepLedger } from './ledger.ts';
import { addUp, firstSeed, forEachSeed, seedCount } from './seeds.ts';

const SEEDS = seedCount({ short: 40, long: 500 });

test(`the event source of local runs ends a request of 100 images on a hostile SQS (${SEEDS} seeds)`, async () => {
  const suffered = new Map<string, number>();
  await forEachSeed(SEEDS, async (seed) => addUp(suffered, Object.entries(await run(seed))));
  console.log(`local source: ${SEEDS} seeds from ${firstSeed}`, { suffered });
  // One seed need not have everything.
  if (SEEDS >= 40) expect(Math.min(...suffered.values())).toBeGreaterThan(0);
});

async function run(seed: number) {
  const random = seededRandom(seed);
  const aws = memoryAws();
  aws.use(unevenLatency(random));
  const ledger = keepLedger(aws);
  const handlers = await startHandlers(aws);
  const client = new SQSClient({ region: 'eu-central-1' });
  const hostile = hostileSqs(client, random, { duplicate: 0.2, reorder: 0.2, dropDelete: 0.2 });
  const sources = await startSources(handlers, hostile.sqs, random.whole(1, 5));
  const catalogue = randomCatalogue(random);
  await handlers.upload(catalogue.csv, { webhookUrl: 'https://caller.example/flaky-2' });
  await untilQuiet(aws, { readers: sources.readers, left: hostile.left });
  await sources.stop();
  await checkEnding({ handlers, ledger, catalogue, sources: [] });
  return hostile.counts;
}

async function startSources(handlers: Handlers, sqs: Pick<SQSClient, 'send'>, maximumConcurrency: number) {
  // Loaded behind startHandlers, so that its pauses take no time.
  const { startSqsSource } = await import('../../infra/local/sqs-source.ts');
  const errors: unknown[] = [];
  const sources = handlers.consumers.map(({ name, queue = '', batchSize }) =>
    startSqsSource({
      sqs,
      queue: { url: `https://sqs.example/${queue}`, arn: arnOf(queue) },
      batchSize,
      maximumConcurrency,
      functionResponseType: 'ReportBatchItemFailures',
      invoke: (event) => handlers.invoke(name, event),
      onError: (error) => errors.push(error),
    }),
  );
  return {
    readers: sources.length * maximumConcurrency,
    async stop() {
      await Promise.all(sources.map((source) => source.stop()));
      expect(errors).toEqual([]);
    },
  };
}

const LONG_POLL_MS = 20_000;

type Quiet = { readers: number; left: () => number };

/** When every reader waits, nothing happens before the next message is visible: time goes on to there. */
async function untilQuiet(aws: MemoryAws, { readers, left }: Quiet): Promise<void> {
  for (let steps = 0; steps < 200_000; steps++) {
    await nextTurn();
    if (aws.sqs.readers < readers) continue;
    const next = aws.sqs.nextVisibleAt();
    // A reader looks at what is kept for it when its long poll has ended, long before the message itself comes again.
    if (left() > 0) aws.clock.advanceTo(aws.clock.now + LONG_POLL_MS);
    else if (next !== undefined) aws.clock.advanceTo(next);
    else return;
  }
  throw new Error(`there is no end: ${JSON.stringify(aws.sqs.left())}`);
}
