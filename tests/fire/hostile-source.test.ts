import { expect, test } from 'vitest';
import { HostileSource } from '../fakes/aws/event-source.ts';
import { randomHostility } from '../fakes/aws/hostility.ts';
import { memoryAws, type Middleware } from '../fakes/aws/memory-aws.ts';
import { startHandlers, type Handlers } from '../fakes/aws/start-handlers.ts';
import { unevenLatency } from '../fakes/aws/turns.ts';
import { seededRandom, type Random } from '../fakes/seeded-random.ts';
import { randomCatalogue, type Catalogue } from './catalogue.ts';
import { checkEnding } from './check-ending.ts';
import { keepLedger } from './ledger.ts';
import { addUp, firstSeed, forEachSeed, seedCount } from './seeds.ts';

const SEEDS = seedCount({ short: 500, long: 5_000 });

test(`a request of 100 images ends once and exactly, however its messages are delivered (${SEEDS} seeds)`, async () => {
  let images = 0;
  const [deliveries, suffered] = [new Map<string, number>(), new Map<string, number>()];
  await forEachSeed(SEEDS, async (seed) => {
    const { catalogue, source } = await run(seed);
    images += catalogue.products.reduce((sum, { urls }) => sum + urls.length, 0);
    addUp(deliveries, source.deliveries);
    addUp(suffered, Object.entries(source.suffered));
  });
  console.log(`hostile source: ${SEEDS} seeds from ${firstSeed}, ${images} images`, { deliveries, suffered });
  expect(images).toBeGreaterThanOrEqual(SEEDS * 100);
  // One seed need not have everything.
  if (SEEDS >= 100) expect(Math.min(...suffered.values())).toBeGreaterThan(0);
});

test('a seed makes the same calls in the same order each time', async () => {
  const callsOf = async () => {
    const calls: string[] = [];
    await run(firstSeed, ({ caller, name }, next) => {
      calls.push(`${caller} ${name} ${Date.now()}`);
      return next();
    });
    return calls;
  };
  const calls = await callsOf();
  expect(calls.length).toBeGreaterThan(200);
  expect(await callsOf()).toEqual(calls);
});

async function run(seed: number, watch?: Middleware) {
  const random = seededRandom(seed);
  const aws = memoryAws();
  aws.use(unevenLatency(random));
  if (watch) aws.use(watch);
  const ledger = keepLedger(aws);
  const handlers = await startHandlers(aws);
  const source = new HostileSource(handlers, random, randomHostility(random));
  // Whatever is decided has to be decided by consistent reads.
  aws.dynamodb.readsStale = () => random.chance(0.5);
  const catalogue = randomCatalogue(random);
  const [sources] = await Promise.all([submit(handlers, catalogue, random), source.runUntilQuiet()]);
  await checkEnding({ handlers, ledger, catalogue, sources });
  return { catalogue, source };
}

/** Gives the objects that the request came from. */
async function submit(handlers: Handlers, { csv }: Catalogue, random: Random): Promise<string[]> {
  const webhookUrl = `https://caller.example/${random.pick(['ok', 'flaky-2'])}`;
  if (random.chance(0.3)) {
    await handlers.drop('spring.csv', csv, { webhookurl: webhookUrl });
    return ['incoming/drop/spring.csv'];
  }
  // The first pages are worked on while the last ones are being sent, now and then by two calls at once.
  const calls = Array.from({ length: random.chance(0.3) ? 2 : 1 }, () =>
    handlers.upload(csv, { webhookUrl, idempotencyKey: 'spring' }),
  );
  for (const { statusCode, body } of await Promise.all(calls)) expect(statusCode, body).toBe(202);
  return [];
}
