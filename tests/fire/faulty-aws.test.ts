import assert from 'node:assert/strict';
import { expect, test } from 'vitest';
import { countsOf, productsSettled } from '../../lib/requests/counts.ts';
import { HostileSource } from '../fakes/aws/event-source.ts';
import { faultsOf, oneFault, type CallSite, type Fault } from '../fakes/aws/faults.ts';
import { shuffled } from '../fakes/aws/hostility.ts';
import { memoryAws, type Middleware } from '../fakes/aws/memory-aws.ts';
import { startHandlers, type Handlers, type HttpAnswer } from '../fakes/aws/start-handlers.ts';
import { nextTurn, unevenLatency } from '../fakes/aws/turns.ts';
import { seededRandom, type Random } from '../fakes/seeded-random.ts';
import { makeCatalogue, type Catalogue } from './catalogue.ts';
import { checkEnding } from './check-ending.ts';
import { keepLedger } from './ledger.ts';
import { addUp, firstSeed, forEachSeed, seedCount } from './seeds.ts';

const SEEDS = seedCount({ short: 25, long: 250 });

/** A product that fails in part, one with an image that comes at the second try, and a row that is an error. */
const CATALOGUE = smallCatalogue();

function smallCatalogue(): Catalogue {
  const kinds = (['ok', 'missing', 'flaky-1', 'ok'] as const).values();
  return makeCatalogue([2, 2, 0], () => kinds.next().value ?? 'ok');
}

const WEBHOOK = 'https://caller.example/flaky-1';

type Scenario = {
  submit: (handlers: Handlers) => Promise<unknown>;
  /** Only calls of this caller fail; else any. */
  caller?: string;
  /** Nothing was promised before an answer came: no request at all is right, too. */
  mayVanish?: true;
  sources: string[];
};

const upload = (handlers: Handlers) =>
  handlers.upload(CATALOGUE.csv, { webhookUrl: WEBHOOK, idempotencyKey: 'spring' });

const scenarios: Record<string, Scenario> = {
  'an upload': { submit: (handlers) => untilAnswered(202, () => upload(handlers)), sources: [] },
  'an upload whose caller does not repeat it': {
    submit: upload,
    caller: 'upload-csv',
    mayVanish: true,
    sources: [],
  },
  'a dropped file': {
    submit: (handlers) => handlers.drop('spring.csv', CATALOGUE.csv, { webhookurl: WEBHOOK }),
    sources: ['incoming/drop/spring.csv'],
  },
};

test.each(Object.entries(scenarios))(
  `%s ends right whichever call of AWS fails, in any way (${SEEDS} seeds)`,
  async (name, scenario) => {
    const callsBySeed: number[] = [];
    const faults = new Map<string, number>();
    await forEachSeed(SEEDS, async (seed) => {
      const sites = await callsOf(scenario, seed);
      callsBySeed.push(sites.length);
      for (const site of sites) {
        for (const fault of faultsOf(site.name)) {
          await runWith({ scenario, seed, site, fault });
          addUp(faults, [[fault, 1]]);
        }
      }
    });
    const calls = `${Math.min(...callsBySeed)} to ${Math.max(...callsBySeed)} calls`;
    const runs = [...faults.values()].reduce((sum, count) => sum + count);
    console.log(`faulty AWS, ${name}: ${calls} × faults × ${SEEDS} seeds from ${firstSeed} = ${runs} runs`, { faults });
    expect(faults.get('partial')).toBeGreaterThan(0);
    expect(faults.get('answer lost')).toBe(callsBySeed.reduce((sum, count) => sum + count));
  },
);

/** Every call of a run without faults, which a run of the same seed makes, too, until its own fault. */
async function callsOf(scenario: Scenario, seed: number): Promise<CallSite[]> {
  const sites: CallSite[] = [];
  await run(scenario, seed, ({ caller, name, ordinal }, next) => {
    if (caller !== 'test' && caller === (scenario.caller ?? caller)) sites.push({ caller, name, ordinal });
    return next();
  });
  return sites;
}

type Planned = { scenario: Scenario; seed: number; site: CallSite; fault: Fault };

async function runWith({ scenario, seed, site, fault }: Planned): Promise<void> {
  const { middleware, met } = oneFault(site, fault, seededRandom(seed));
  try {
    await run(scenario, seed, middleware);
    assert.ok(met(), 'the call was made');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${site.name} ${site.ordinal} of ${site.caller} ${fault}: ${reason}`, { cause: error });
  }
}

async function run({ submit, sources, mayVanish }: Scenario, seed: number, middleware: Middleware): Promise<void> {
  const random = seededRandom(seed);
  const aws = memoryAws();
  aws.use(unevenLatency(random));
  const ended = { now: false };
  aws.use((call, next) => (ended.now ? next() : middleware(call, next)));
  const ledger = keepLedger(aws);
  const handlers = await startHandlers(aws);
  const source = new HostileSource(handlers, random, shuffled(random));
  const readsStale = random.chance(0.5);
  aws.dynamodb.readsStale = () => readsStale;
  const watched = watch(handlers, { random, ended, readsStale });
  await Promise.all([submit(handlers), source.runUntilQuiet()]);
  // All may have been quiet between a failed call and its repetition.
  await source.runUntilQuiet();
  ended.now = true;
  await watched;
  if (mayVanish && handlers.requestIds().length === 0) assert.deepEqual(aws.sqs.left(), {});
  else await checkEnding({ handlers, ledger, catalogue: CATALOGUE, sources });
}

type Watch = { random: Random; ended: { now: boolean }; readsStale: boolean };

/** A caller looks when there is something to see; what fails is asked for again. */
async function watch(handlers: Handlers, { random, ended, readsStale }: Watch): Promise<void> {
  let looks = 0;
  while (!ended.now) {
    await nextTurn();
    const [requestId] = handlers.requestIds();
    const counted = countedProducts(handlers);
    if (requestId === undefined || counted === 0 || looks >= 1 || random.chance(0.5)) continue;
    looks += 1;
    const { body } = await untilAnswered(200, () => handlers.status(requestId));
    const { products } = JSON.parse(body) as { products: { total: number; pending: number } };
    assert.ok(readsStale || products.total - products.pending >= counted, 'what was counted is told');
    await untilAnswered(200, () => handlers.list());
  }
}

/** Products that the pages' groups have counted. */
function countedProducts({ aws }: Handlers): number {
  const groups = [...aws.dynamodb.table.items.values()].filter(({ sk }) => sk === 'GROUP');
  return groups.reduce((sum, group) => sum + productsSettled(countsOf(group)), 0);
}

async function untilAnswered(statusCode: number, call: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  for (let tries = 0; tries < 3; tries++) {
    const answer = await call();
    if (answer.statusCode === statusCode) return answer;
    assert.ok(answer.statusCode >= 500, `${answer.statusCode}: ${answer.body}`);
  }
  throw new Error('three calls failed, with one fault');
}
