import assert from 'node:assert/strict';
import { productsSettled, countsOf } from '../../../lib/requests/counts.ts';
import { HostileSource } from '../../fakes/aws/event-source.ts';
import type { CallSite } from '../../fakes/aws/faults.ts';
import { shuffled } from '../../fakes/aws/hostility.ts';
import { memoryAws, type MemoryAws, type Middleware } from '../../fakes/aws/memory-aws.ts';
import { startHandlers, type Handlers, type HttpAnswer } from '../../fakes/aws/start-handlers.ts';
import { nextTurn, unevenLatency } from '../../fakes/aws/turns.ts';
import { seededRandom, type Random } from '../../fakes/seeded-random.ts';
import { checkEnding, type Ending } from '../check-ending.ts';
import { keepLedger } from '../ledger.ts';

/** One call that fails, or none in the run that finds out which calls there are. */
export type Trial = { seed: number; site?: CallSite; middleware: Middleware };

export type Stage = {
  handlers: Handlers;
  source: HostileSource;
  random: Random;
  /** The call that fails. */
  site: CallSite | undefined;
  /** Whether reads that are not consistent are late, in the whole run. */
  readsStale: boolean;
  /** From now on calls fail. */
  begin: () => void;
};

/** Plays a story on an AWS of its own and checks what it must have come to, where nothing fails any more. */
export async function play(
  tell: (stage: Stage) => Promise<Ending | 'nothing'>,
  { seed, site, middleware }: Trial,
): Promise<void> {
  const random = seededRandom(seed);
  const aws = memoryAws();
  aws.use(unevenLatency(random));
  let fails = false;
  aws.use((call, next) => (fails ? middleware(call, next) : next()));
  const ledger = keepLedger(aws);
  const handlers = await startHandlers(aws);
  const source = new HostileSource(handlers, random, shuffled(random));
  const readsStale = random.chance(0.5);
  aws.dynamodb.readsStale = () => readsStale;
  const ending = await tell({ handlers, source, random, site, readsStale, begin: () => void (fails = true) });
  fails = false;
  if (ending === 'nothing') assert.deepEqual([handlers.requestIds(), aws.sqs.left()], [[], {}]);
  else await checkEnding({ handlers, ledger, ...ending });
}

/** A caller repeats what failed; all calls may be repeated. */
export async function untilAnswered(statusCode: number, call: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  for (let tries = 0; tries < 3; tries++) {
    const answer = await call();
    if (answer.statusCode === statusCode) return answer;
    assert.ok(answer.statusCode >= 500, `${answer.statusCode}: ${answer.body}`);
  }
  throw new Error('three calls failed, with one fault');
}

/** Something is done while messages are delivered, and then all is at rest. */
export async function whileDelivering({ source }: Stage, work: Promise<unknown>): Promise<void> {
  await Promise.all([work, source.runUntilQuiet()]);
  // All may have been quiet between a failed call and its repetition.
  await source.runUntilQuiet();
}

/** Products that the pages' groups have counted. */
export function countedProducts({ aws }: Handlers): number {
  const groups = [...aws.dynamodb.table.items.values()].filter(({ sk }) => sk === 'GROUP');
  return groups.reduce((sum, group) => sum + productsSettled(countsOf(group)), 0);
}

/** Beyond it what is waited for never comes. */
const TURNS_MOST = 10_000;

export async function until(isSo: () => boolean): Promise<void> {
  for (let turns = 0; !isSo(); turns++) {
    assert.ok(turns < TURNS_MOST, 'it never was so');
    await nextTurn();
  }
}

export type Message = Record<string, unknown>;

/** A message is given up when all its deliveries have failed, and then nobody is at work any more who had sent it. */
const BURIED_AFTER_SECONDS = 900;

/** Messages that a queue never gives to its function. */
export function divert(
  aws: MemoryAws,
  name: 'ingest' | 'pages' | 'finish' | 'webhooks',
  fateOf: (message: Message) => 'buried' | 'lost' | 'delivered',
): void {
  const queue = aws.sqs.queue(`rowpress-prod-${name}`);
  const dead = aws.sqs.queue(`rowpress-prod-${name}-dead`);
  const send = queue.send.bind(queue);
  queue.send = (body, delaySeconds) => {
    const fate = fateOf(JSON.parse(body) as Message);
    if (fate === 'lost') return 'lost';
    return fate === 'buried' ? dead.send(body, BURIED_AFTER_SECONDS) : send(body, delaySeconds);
  };
}
