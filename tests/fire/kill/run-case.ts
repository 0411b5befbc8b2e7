import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { until } from '../../../samples/demo/until.ts';
import { seededRandom, type Random } from '../../fakes/seeded-random.ts';
import type { Moment, Order } from '../worker/protocol.ts';
import { cameToNothing, taken, type Case, type Outside } from './case.ts';
import { checkCase } from './check-case.ts';
import type { Lane } from './lane.ts';
import { planCase } from './plan.ts';
import { ARRIVALS, type Encounter, type Point } from './points.ts';
import { drained, isEmpty } from './queues.ts';
import { STORIES } from './stories.ts';

const SOON = { seconds: 60, everyMs: 20 };

type Surroundings = { lane: Lane; outside: Outside };

/** A slow machine may pass by a point: a message that is worked on for too long can't be put back, for one. */
const TRIES = 3;
/** After a queue is empty a death that emptied it may not have been told yet. */
const LATEST_DEATH_MS = 2000;

/** One request whose worker is killed at a point and replaced, and what must be true of it in the end. */
export async function runCase(point: Point, seed: number, surroundings: Surroundings): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const random = seededRandom(seed * 1009 + numberOf(point.name));
    if (await underFire(makeCase(point, random, surroundings), random)) return;
  }
  throw new Error('the worker never came to its point');
}

/** False when the request came to its end without a death. */
async function underFire(one: Case, random: Random): Promise<boolean> {
  const { lane, mailbox, point } = one;
  const story = STORIES[one.story];
  await lane.begin();
  await story.prepare?.(one);

  const occurrence = random.whole(1, point.times ? story.times(one)[point.times] : 1);
  const blow = { occurrence, twice: random.chance(0.3) };
  const before = taken(mailbox).length;
  await lane.give(ordersFor(one, blow));
  if (typeof point.at === 'string') killWhen(point.at, occurrence, one);
  await story.act(one);
  if (point.heldUntilDeath !== true) one.answerImages();
  const died = await diesBeforeTheEnd(one, before);
  one.answerImages();

  if (isTold(one)) await until('a webhook was taken', () => taken(mailbox)[before], SOON);
  await drained(lane);
  if (died) checkDeaths(point, blow, lane);
  await checkCase(one);
  return died;
}

const diesBeforeTheEnd = ({ lane, mailbox, point }: Case, before: number): Promise<boolean> =>
  until(
    `the worker died at ${point.name}`,
    async () => {
      if (!lane.deaths[0] && taken(mailbox)[before] && (await isEmpty(lane))) await wait(LATEST_DEATH_MS);
      else if (!lane.deaths[0]) return undefined;
      return lane.deaths[0] !== undefined;
    },
    SOON,
  );

/** The same without any death: whatever is wrong then is not the fault of one. Later workers find its code compiled. */
export async function rehearse(surroundings: Surroundings): Promise<void> {
  const point: Point = { name: 'rehearsal', story: 'upload', at: 'a webhook arrives' };
  const one = makeCase(point, seededRandom(1), surroundings);
  await STORIES.redeliver.prepare?.(one);
  await drained(one.lane);
  await checkCase(one);
  expect(one.lane.deaths).toEqual([]);
  await one.lane.keepCompiledCode();
}

/** So that points do not all try the same CSVs. */
const numberOf = (name: string) => Buffer.from(name).reduce((sum, byte) => (sum * 31 + byte) % 1009, 7);

let cases = 0;

function makeCase(point: Point, random: Random, { lane, outside }: Surroundings): Case {
  const fileName = `${lane.name}-${++cases}.csv`;
  const shelf = outside.site.shelf(fileName);
  const { promise, resolve } = Promise.withResolvers<undefined>();
  shelf.heldUntil = promise;
  return {
    point,
    story: point.story === 'any' ? random.pick(ARRIVALS) : point.story,
    lane,
    plan: planCase(random, { fileName, siteUrl: outside.site.url }),
    shelf,
    mailbox: outside.receiver.mailbox(fileName),
    webhookUrl: outside.receiver.url,
    repeats: random.chance(0.5),
    waitsBetween: random.chance(0.5),
    codes: random.chance(0.5) ? ['not_found'] : undefined,
    answerImages: () => resolve(undefined),
    requestId: '',
  };
}

/** A webhook is to come of what was asked under fire. A request that could not be cancelled goes its way. */
function isTold(one: Case): boolean {
  return !cameToNothing(one) || one.story === 'cancel';
}

type Blow = { occurrence: number; twice: boolean };

const sealing = (by: string): Moment => ({
  when: 'before',
  by,
  does: 'Update REQUEST',
  writes: 'SET sealedGeneration',
});

/** The upload seals when it is told to, and the insurance, which may come meanwhile, does not. */
const LATE_SEAL: Order[] = [
  { order: 'wait', moment: sealing('upload-csv'), occurrence: 1 },
  { order: 'hang', moment: sealing('ingest-csv'), occurrence: 1 },
];

function ordersFor({ point: { at }, story }: Case, { occurrence, twice }: Blow): { now: Order[]; afterDeath: Order[] } {
  if (typeof at === 'string') return { now: [], afterDeath: [] };
  return {
    now: [...(story === 'late seal' ? LATE_SEAL : []), { order: 'die', moment: at, occurrence }],
    // It may not come to this again; when it does, the next worker dies, too.
    afterDeath: twice ? [{ order: 'die', moment: at, occurrence: 1 }] : [],
  };
}

function killWhen(encounter: Encounter, occurrence: number, { lane, mailbox, shelf }: Case): void {
  let seen = 0;
  const encountered = () => {
    seen += 1;
    if (seen === occurrence) void lane.kill();
  };
  if (encounter === 'a webhook arrives') mailbox.onAttempt = encountered;
  else shelf.onAsked = encountered;
}

/** It died at the point, and of nothing else. */
function checkDeaths({ at }: Point, { occurrence, twice }: Blow, { deaths }: Lane): void {
  for (const { signal, log } of deaths) expect(signal, log).toBe('SIGKILL');
  const orders = [{ moment: at, occurrence }, ...(twice ? [{ moment: at, occurrence: 1 }] : [])];
  const words = deaths.map(({ lastWords }) => lastWords);
  expect(words).toEqual(typeof at === 'string' ? [undefined] : orders.slice(0, words.length));
}
