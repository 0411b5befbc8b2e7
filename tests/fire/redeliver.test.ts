import assert from 'node:assert/strict';
import { expect, test } from 'vitest';
import { requestStore } from '../../lib/requests/request-store.ts';
import { HostileSource } from '../fakes/aws/event-source.ts';
import { randomHostility } from '../fakes/aws/hostility.ts';
import { memoryAws } from '../fakes/aws/memory-aws.ts';
import { startHandlers } from '../fakes/aws/start-handlers.ts';
import { nextTurn, unevenLatency } from '../fakes/aws/turns.ts';
import { REQUEST_ID, makeRequest } from '../fakes/make-request.ts';
import { seededRandom } from '../fakes/seeded-random.ts';
import { addUp, firstSeed, forEachSeed, seedCount } from './seeds.ts';

const SEEDS = seedCount({ short: 300, long: 3_000 });
const path = { requestId: REQUEST_ID, deliveryId: `msg_${REQUEST_ID}_1` };

test(`every round of a webhook that is asked for again and again is taken once and logged (${SEEDS} seeds)`, async () => {
  const counts = new Map<string, number>();
  await forEachSeed(SEEDS, async (seed) => addUp(counts, Object.entries(await run(seed))));
  console.log(`redeliver: ${SEEDS} seeds from ${firstSeed}`, Object.fromEntries(counts));
  // One seed need not have everything.
  if (SEEDS >= 100) expect(counts.get('rounds')).toBeGreaterThan(2 * SEEDS);
});

async function run(seed: number) {
  const random = seededRandom(seed);
  const aws = memoryAws();
  aws.use(unevenLatency(random));
  aws.use(async ({ caller }, next) => {
    if (caller === 'redeliver-webhook' && random.chance(0.1)) throw new Error('killed');
    return await next();
  });
  const { rounds, ends } = watchRounds(aws);
  const handlers = await startHandlers(aws);
  const source = new HostileSource(handlers, random, randomHostility(random));
  const requests = requestStore(aws.dynamodb.table);
  const webhookUrl = `https://caller.example/${random.pick(['ok', 'flaky-1', 'flaky-2'])}`;
  const ended = { status: 'COMPLETED', finishedAt: new Date().toISOString(), webhookUrl } as const;
  await requests.create(makeRequest(ended));
  for (let copies = random.whole(1, 3); copies > 0; copies--) {
    aws.sqs.put('rowpress-prod-webhooks', { requestId: REQUEST_ID, generation: 1 });
  }

  let asked = 0;
  const ask = async (): Promise<void> => {
    for (let wishes = random.whole(1, 6); wishes > 0; wishes--) {
      for (let turns = random.whole(0, 60); turns > 0; turns--) await nextTurn();
      const { statusCode } = await handlers.http('redeliver-webhook', { path });
      assert.ok(statusCode === 202 || statusCode === 500);
      if (statusCode === 202) asked++;
    }
  };
  await Promise.all([ask(), ask(), source.runUntilQuiet()]);
  await source.runUntilQuiet();

  const request = await requests.get(REQUEST_ID, { consistent: true });
  const last = request?.webhookRound ?? 1;
  assert.deepEqual(
    rounds,
    Array.from({ length: last - 1 }, (_, at) => at + 2),
    'rounds begin one after another',
  );
  assert.deepEqual(
    ends,
    Array.from({ length: last }, (_, at) => `${at + 1} delivered`),
    'each ends once, before the next',
  );
  const log = await requests.deliveries(REQUEST_ID);
  assert.deepEqual(
    log.map(({ attempt }) => attempt),
    log.map((_, at) => at + 1),
    'no attempt is logged twice or missing',
  );
  for (let round = 1; round <= last; round++) {
    const taken = log.filter((one) => one.round === round && one.statusCode === 204);
    assert.equal(taken.length, 1, `round ${round} was taken once, as its log has it`);
  }
  assert.deepEqual([...new Set(handlers.outside.posted.map(({ webhook }) => webhook.id))], [path.deliveryId]);
  assert.deepEqual(aws.sqs.left(), {});
  return { asked, rounds: last, attempts: log.length, posts: handlers.outside.posted.length };
}

/** The rounds in the order in which they began, and how each ended, at the moment of the writes. */
function watchRounds(aws: ReturnType<typeof memoryAws>) {
  const rounds: unknown[] = [];
  const ends: string[] = [];
  aws.dynamodb.onWrite(({ key, after, set }) => {
    if (key.sk !== 'REQUEST') return;
    if (set.includes('webhookRound')) rounds.push(after.webhookRound);
    if (set.includes('webhookStatus')) ends.push(`${Number(after.webhookRound ?? 1)} ${String(after.webhookStatus)}`);
  });
  return { rounds, ends };
}
