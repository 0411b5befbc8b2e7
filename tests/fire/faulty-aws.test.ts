import assert from 'node:assert/strict';
import { expect, test } from 'vitest';
import { faultsOf, oneFault, type CallSite, type Fault } from '../fakes/aws/faults.ts';
import type { Handlers } from '../fakes/aws/start-handlers.ts';
import { nextTurn } from '../fakes/aws/turns.ts';
import { seededRandom } from '../fakes/seeded-random.ts';
import { catalogueOf } from './catalogue.ts';
import { play, countedProducts, untilAnswered, whileDelivering, type Stage, type Trial } from './faulty/stage.ts';
import { isTriedIn, STORIES } from './faulty/stories.ts';
import { addUp, firstSeed, forEachSeed, seedCount } from './seeds.ts';

const SEEDS = seedCount({ short: 25, long: 250 });

/** A product that fails in part, one with an image that comes at the second try, and a row that is an error. */
const CATALOGUE = catalogueOf([['ok', 'missing'], ['flaky-1', 'ok'], []]);

const WEBHOOK = 'https://caller.example/flaky-1';

type Scenario = {
  submit: (handlers: Handlers) => Promise<unknown>;
  /** Only calls of this caller fail; else any. */
  caller?: string;
  /** Nothing was promised before an answer came: no request at all is right, too. */
  mayVanish?: true;
  /** All but its beginning is as with an upload: of the calls that a caller makes again and again each seed tries one. */
  isVaried?: true;
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
    isVaried: true,
    sources: ['incoming/drop/spring.csv'],
  },
};

test.each(Object.entries(scenarios))(
  `%s ends right whichever call of AWS fails, in any way (${SEEDS} seeds)`,
  async (name, scenario) => {
    const isMeant = ({ caller }: CallSite) => caller === (scenario.caller ?? caller);
    const { faults } = await failEach(name, {
      run: (trial) => play((stage) => tell(scenario, stage), trial),
      sitesOf: (calls, seed) => (scenario.isVaried ? oneOfEachKind(calls, seed) : calls.filter(isMeant)),
    });
    expect(faults.get('partial')).toBeGreaterThan(0);
  },
);

/** What these do is varied by their seeds, so of the calls that a caller makes again and again each seed tries one. */
test.each(Object.entries(STORIES))(
  `%s ends right whichever of its calls fails, in any way (${SEEDS} seeds)`,
  async (name, story) => {
    const { kinds } = await failEach(name, {
      run: (trial) => play(story.tell, trial),
      sitesOf: (calls, seed) => oneOfEachKind(calls.filter(isTriedIn(story)), seed),
    });
    expect([...kinds]).toEqual(expect.arrayContaining([...(story.kinds ?? [])]));
    expect([...new Set([...kinds].map(callerOf))].sort()).toEqual(story.callers.toSorted());
  },
);

type Tried = {
  run: (trial: Trial) => Promise<void>;
  /** Those of all calls that are to fail. */
  sitesOf: (calls: readonly CallSite[], seed: number) => readonly CallSite[];
};

/** Gives how often each fault was met, and the kinds of calls that met them. */
async function failEach(name: string, { run, sitesOf }: Tried) {
  const sitesBySeed: number[] = [];
  const kinds = new Set<string>();
  const faults = new Map<Fault, number>();
  await forEachSeed(SEEDS, async (seed) => {
    const sites = sitesOf(await callsOf(run, seed), seed);
    sitesBySeed.push(sites.length);
    for (const site of sites) {
      kinds.add(kindOf(site));
      for (const fault of faultsOf(site.name)) {
        await runWith(run, { seed, site, fault });
        addUp(faults, [[fault, 1]]);
      }
    }
  });
  const calls = `${Math.min(...sitesBySeed)} to ${Math.max(...sitesBySeed)} calls of ${kinds.size} kinds`;
  const runs = [...faults.values()].reduce((sum, count) => sum + count, 0);
  console.log(`faulty AWS, ${name}: ${calls} × faults × ${SEEDS} seeds from ${firstSeed} = ${runs} runs`, { faults });
  expect(Math.min(...sitesBySeed)).toBeGreaterThan(0);
  expect(faults.get('answer lost')).toBe(sitesBySeed.reduce((sum, count) => sum + count));
  return { faults, kinds };
}

/** Every call of a run without faults, which a run of the same seed makes, too, until its own fault. */
async function callsOf(run: Tried['run'], seed: number): Promise<CallSite[]> {
  const sites: CallSite[] = [];
  await run({
    seed,
    middleware: ({ caller, name, ordinal }, next) => {
      if (caller !== 'test') sites.push({ caller, name, ordinal });
      return next();
    },
  });
  return sites;
}

const kindOf = ({ caller, name }: CallSite): string => `${caller} ${name}`;
const callerOf = (kind: string): string => kind.slice(0, kind.lastIndexOf(' '));

function oneOfEachKind(calls: readonly CallSite[], seed: number): CallSite[] {
  const random = seededRandom(seed);
  const kinds = [...new Set(calls.map(kindOf))];
  return kinds.map((kind) => random.pick(calls.filter((call) => kindOf(call) === kind)));
}

type Planned = { seed: number; site: CallSite; fault: Fault };

async function runWith(run: Tried['run'], { seed, site, fault }: Planned): Promise<void> {
  const { middleware, met } = oneFault(site, fault, seededRandom(seed));
  try {
    await run({ seed, site, middleware });
    assert.ok(met(), 'the call was made');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${site.name} ${site.ordinal} of ${site.caller} ${fault}: ${reason}`, { cause: error });
  }
}

async function tell({ submit, sources, mayVanish }: Scenario, stage: Stage) {
  const { handlers } = stage;
  const ended = { now: false };
  const watched = watch(stage, ended);
  stage.begin();
  await whileDelivering(stage, submit(handlers));
  ended.now = true;
  await watched;
  return mayVanish && handlers.requestIds().length === 0 ? 'nothing' : { catalogue: CATALOGUE, sources };
}

/** A caller looks when there is something to see; what fails is asked for again. */
async function watch({ handlers, random, readsStale }: Stage, ended: { now: boolean }): Promise<void> {
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
