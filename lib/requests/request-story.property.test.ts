import { expect, test } from 'vitest';
import { deliveriesOf, type Waiting } from '../../tests/fakes/deliveries.ts';
import { checkAtRest } from '../../tests/fakes/check-at-rest.ts';
import { seededRandom, type Random } from '../../tests/fakes/seeded-random.ts';
import { csvOf, makeWorld, type World } from '../../tests/fakes/world.ts';
import { writeRules, type WriteRules } from '../../tests/fakes/write-rules.ts';
import { ImageError } from '../images/image-error.ts';
import { ImageOptions } from '../images/image-options.ts';
import { cancelRequest } from './cancel-request.ts';
import { newRequestId } from './ids.ts';
import { requestKey } from './keys.ts';
import { Problem } from './problem.ts';
import { ENDED_STATUSES, type Request } from './request.ts';
import { retryRequest } from './retry-request.ts';
import { submitCsv } from './submit-csv.ts';

/**
 * The real use cases over stores in memory, delivered by a queue that repeats, reorders and forgets deletes, in
 * processes that die before or after any call, for callers who cancel and retry whenever they like. Whatever happens,
 * each run of the request ends once, with exact counts.
 */
const RUNS = Number(process.env.STORY_RUNS ?? 2_000);
const FIRST_SEED = Number(process.env.STORY_SEED ?? 1);

test(
  `a request ends once a run, and exactly, whatever dies or is repeated (${RUNS} runs from seed ${FIRST_SEED})`,
  async () => {
    const endings = new Map<string, number>();
    for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
      try {
        for (const ending of await runStory(seed)) endings.set(ending, (endings.get(ending) ?? 0) + 1);
      } catch (error) {
        throw new Error(`seed ${seed}: rerun with STORY_SEED=${seed} STORY_RUNS=1`, { cause: error });
      }
    }
    const told = Object.fromEntries([...endings].sort(([a], [b]) => (a < b ? -1 : 1)));
    console.log(`stories: ${RUNS} from seed ${FIRST_SEED}, ends of runs: ${JSON.stringify(told)}`);
    if (RUNS < 2_000) return;
    for (const end of [
      '1 COMPLETED',
      '1 COMPLETED_WITH_ERRORS',
      '1 FAILED',
      '1 CANCELLED',
      '2 COMPLETED',
      '2 CANCELLED',
    ]) {
      expect(endings.get(end), end).toBeGreaterThan(0);
    }
  },
  300_000 + 100 * RUNS,
);

async function runStory(seed: number): Promise<readonly string[]> {
  const random = seededRandom(seed);
  const story = makeStory(random);
  // The first pages are worked on while the last ones are still being sent.
  await Promise.all([submitUntilAccepted(story, random), deliverAll(story, random)]);
  story.calm.now = true;
  const requestId = story.requestId!;
  const request = await checkAtRest(requestId, story);
  expect(request.webhookUrl).toBeDefined();
  const told = new Set(story.world.queues.webhooks.sent.map(({ generation }) => generation));
  expect(told).toContain(request.generation);
  return story.rules.endsOf(requestId);
}

type Story = {
  world: World;
  rules: WriteRules;
  imagesPerProduct: number[];
  calm: { now: boolean };
  requestId?: string;
  /** What the caller will still do. */
  wishes: { retries: number; cancels: number };
};

function makeStory(random: Random): Story {
  const many = random.chance(0.03);
  const products = many ? random.whole(101, 230) : random.whole(1, 12);
  const imagesPerProduct = Array.from({ length: products }, () => random.whole(0, many ? 1 : 3));
  const calm = { now: false };
  const failing = random.pick([0, 0.1, 0.5]);
  const dying = many ? 0.002 : random.pick([0, 0.02, 0.1]);
  const rules = writeRules();
  const world = makeWorld({
    watch: rules.watch,
    host: () => (random.chance(failing) ? new ImageError(random.pick(['timeout', 'not_found'])) : random.whole(10, 99)),
    fault: async () => {
      for (let turns = random.whole(0, 3); turns > 0; turns--) await Promise.resolve();
      if (!calm.now && random.chance(dying)) throw new Error('killed');
    },
  });
  const wishes = { retries: random.pick([0, 0, 1, 2, 3]), cancels: random.pick([0, 0, 0, 1, 2]) };
  return { world, rules, imagesPerProduct, calm, wishes };
}

/** A caller who gets no answer sends the file again; what the dead try left must not disturb. */
async function submitUntilAccepted(story: Story, random: Random): Promise<void> {
  while (story.requestId === undefined) {
    const requestId = await submitOnce(story, random);
    if (requestId !== undefined) story.requestId = requestId;
  }
}

async function submitOnce({ world, imagesPerProduct }: Story, random: Random): Promise<string | undefined> {
  const ids: string[] = [];
  const newId = () => {
    ids.push(newRequestId());
    return ids.at(-1) ?? '';
  };
  const submission = {
    csv: csvOf(imagesPerProduct),
    fileName: 'products.csv',
    owner: 'default',
    options: ImageOptions.parse({}),
    webhookUrl: 'https://caller.example/',
  };
  try {
    return (await submitCsv(submission, { ...world.deps, newId })).request.requestId;
  } catch (error) {
    if (!isKill(error)) throw error;
    // Killed after its item was there, the request goes on by its insurance message: that is an acceptance, too.
    const left = ids.find((id) => world.table.items.has(`${requestKey(id).pk} ${requestKey(id).sk}`));
    return random.chance(0.5) ? left : undefined;
  }
}

/** Faults end some time, as they do in life; from then on everything must come to its end. */
const CALM_AFTER = 400;

async function deliverAll(story: Story, random: Random): Promise<void> {
  const hurried = random.pick([0, 0, 0.1, 0.5]);
  const imagesMost = () => (random.chance(hurried) ? random.whole(0, 4) : Infinity);
  const { takeAll } = deliveriesOf(story.world, { imagesMost });
  const waiting: Waiting[] = [];
  for (let rounds = 0; ; rounds++) {
    waiting.push(...takeAll());
    story.calm.now = rounds > CALM_AFTER;
    const call = callOf(story, random, waiting.length === 0);
    if (waiting.length === 0 && !call) {
      if (story.requestId !== undefined) return;
      await new Promise(setImmediate);
      continue;
    }
    const chosen = random.sample(waiting, random.whole(1, 5));
    const deliveries = chosen.map((message) => deliverOne(message, { waiting, random, calm: story.calm.now }));
    if ((await Promise.all([call?.(), ...deliveries]))[0] === 'begun anew') rounds = 0;
  }
}

/** None are all. */
const CODES = [[], [], ['timeout'], ['not_found', 'gave_up'], ['cancelled', 'timeout']];

/** What the caller does in this round, if anything: late messages of an ended run may be about when the next begins. */
function callOf({ world, requestId = '', wishes }: Story, random: Random, quiet: boolean) {
  const item = world.table.items.get(`${requestKey(requestId).pk} ${requestKey(requestId).sk}`);
  const ended = ENDED_STATUSES.some((status) => status === item?.status);
  const wish = { requestId, owner: 'default' };
  const deps = { ...world.deps, ingestQueue: world.queues.ingest };
  if (item && !ended && wishes.cancels > 0 && random.chance(0.05)) {
    wishes.cancels -= 1;
    return () => answered(() => cancelRequest(wish, deps));
  }
  if (!item || !ended || wishes.retries === 0 || !(quiet || random.chance(0.03))) return undefined;
  return async () => {
    const codes = random.pick(CODES);
    const question = { ...wish, generation: Number(item.generation), ...(codes.length > 0 && { codes }) };
    const answer = await answered(() => retryRequest(question, deps));
    if (answer === 'killed') return answer;
    wishes.retries -= 1;
    return 'begun anew' as const;
  };
}

async function answered(call: () => Promise<Request>): Promise<'done' | 'refused' | 'killed'> {
  try {
    await call();
    return 'done';
  } catch (error) {
    if (error instanceof Problem) return 'refused';
    if (isKill(error)) return 'killed';
    throw error;
  }
}

type Delivering = { waiting: Waiting[]; random: Random; calm: boolean };

async function deliverOne(message: Waiting, { waiting, random, calm }: Delivering): Promise<void> {
  message.attempt += 1;
  const buried = message.attempt > 8;
  try {
    await (buried ? message.bury() : message.deliver(message.attempt));
  } catch (error) {
    if (isKill(error) || (error instanceof Error && error.name === 'RetryLater')) return;
    throw error;
  }
  const deleteIsLost = !calm && random.chance(0.1);
  const at = waiting.indexOf(message);
  if (at >= 0 && !deleteIsLost) waiting.splice(at, 1);
}

const isKill = (error: unknown) => error instanceof Error && error.message === 'killed';
