import { describe, expect, it, vi } from 'vitest';
import { seededRandom } from '../fakes/seeded-random.ts';
import type { Fault } from '../hostile/fault-server.ts';
import {
  ATTEMPTS,
  deliver,
  expectInTime,
  expectOneDelivery,
  fakeTime,
  refuse,
  take,
  takeAt,
} from './check-webhooks.ts';
import { addUp, firstSeed, forEachSeed, seedCount } from './seeds.ts';
import { DELIVERY_ID, QUEUE, SCHEDULE, virtualDelivery } from './virtual-delivery.ts';
import { startReceiver } from './webhook-receiver.ts';

vi.hoisted(() => (process.env.LOG_LEVEL = 'SILENT'));
fakeTime();

describe('killed at any call of the table or the queue', () => {
  /** Kills at the call with this number, and counts on. */
  function killAt(moment: number) {
    let calls = 0;
    return { dies: () => calls++ === moment, calls: () => calls };
  }

  it.each<[string, Fault]>([
    ['that never takes it', refuse],
    ['that takes what comes third', takeAt(3)],
  ])('a delivery to a receiver %s ends as it would have', async (_name, fault) => {
    const untouched = killAt(-1);
    const expected = await deliver(fault, { dies: untouched.dies });
    let doubled = 0;
    for (let moment = 0; moment < untouched.calls(); moment++) {
      const { delivery, posts, log, status } = await deliver(fault, { dies: killAt(moment).dies });
      const about = `killed at call ${moment}`;
      expect([about, status, delivery.seen.lost, delivery.seen.deadLetters]).toEqual([about, expected.status, 0, 0]);
      expectOneDelivery(posts);
      expect([about, ...log.map(({ attempt }) => attempt)]).toEqual([about, ...log.map((_, at) => at + 1)]);
      // Only what was posted and not logged is posted again.
      expect(posts.length - log.length).toBeOneOf([0, 1]);
      doubled += posts.length - log.length;
      // Nobody is asked after having taken it, as far as that was logged; nor before its time.
      expect(log.findIndex(({ statusCode }) => statusCode === 200)).toBeOneOf([-1, log.length - 1]);
      expectInTime(log);
    }
    console.log(`webhooks: killed at ${untouched.calls()} moments, posted again in ${doubled}`);
    expect(doubled).toBe(expected.posts.length);
  });

  const SEEDS = seedCount({ short: 40, long: 400 });

  it(`again and again, a delivery ends all the same, as its log has it (${SEEDS} seeds)`, async () => {
    const ended = new Map<string, number>();
    await forEachSeed(SEEDS, async (seed) => {
      const random = seededRandom(seed);
      const [chance, nth] = [random.next() * 0.3, random.whole(1, 2 * ATTEMPTS)];
      const dies = () => random.chance(chance);
      const { delivery, posts, log, status } = await deliver(
        takeAt(nth),
        { seed, dies },
        { messages: random.whole(1, 3) },
      );
      const taken = log.some(({ statusCode }) => statusCode === 200);
      expect([status, delivery.seen.lost]).toEqual([taken ? 'delivered' : 'failed', 0]);
      expect(log.length).toBeLessThanOrEqual(ATTEMPTS);
      if (posts.length > 0) expectOneDelivery(posts);
      expectInTime(log);
      addUp(ended, [
        [String(status), 1],
        ['dead letters', delivery.seen.deadLetters],
        ['posts', posts.length],
      ]);
    });
    console.log(`webhooks: ${SEEDS} seeds from ${firstSeed}`, Object.fromEntries(ended));
    // One seed need not have everything.
    if (SEEDS >= 40) expect(Math.min(ended.get('delivered') ?? 0, ended.get('failed') ?? 0)).toBeGreaterThan(0);
  });

  it('posted and not logged, it is posted again under the same id', async () => {
    let kills = 1;
    const dies = (call: string, moment: string) => call === 'put' && moment === 'before' && kills-- > 0;
    const { posts, log, status } = await deliver(take, { dies });
    expect([status, posts.length, log.length]).toEqual(['delivered', 2, 1]);
    expect(posts[1]!.at - posts[0]!.at).toBeGreaterThanOrEqual(QUEUE.VisibilityTimeout * 1000 - 60_000);
    expectOneDelivery(posts);
  });

  it('logged as taken and not ended, it is not posted again', async () => {
    let kills = 3;
    const dies = (call: string, moment: string) => call === 'update' && moment === 'before' && kills-- > 0;
    const { delivery, posts, status } = await deliver(take, { dies });
    expect([status, posts.length, delivery.seen.receives]).toEqual(['delivered', 1, 4]);
  });
});

describe('trouble of our own', () => {
  const troubled = (call: string, moment: string) => call === 'update' && moment === 'before';

  it('that outlasts all deliveries of the message ends the webhook as the log has it', async () => {
    for (const [fault, expected] of [
      [take, 'delivered'],
      [refuse, 'failed'],
    ] as const) {
      const { delivery, status } = await deliver(fault, { dies: troubled });
      expect([status, delivery.seen.deadLetters, delivery.seen.receives]).toEqual([expected, 1, 30]);
    }
  });

  it('leaves the whole schedule time: 20 troubles are not enough to lose an attempt', async () => {
    let troubles = 20;
    const dies = (call: string, moment: string) => call === 'query' && moment === 'before' && troubles-- > 0;
    const { delivery, posts, status } = await deliver(refuse, { dies });
    expect([status, posts.length, delivery.seen.deadLetters]).toEqual(['failed', ATTEMPTS, 0]);
  });
});

describe('a redelivery', () => {
  it('is a whole schedule of its own, under the same id, and counts its attempts on', async () => {
    await using receiver = await startReceiver(takeAt(ATTEMPTS + 3));
    const delivery = virtualDelivery({ url: receiver.url, seed: firstSeed });
    await delivery.begin();
    await delivery.untilQuiet();
    expect(await delivery.status()).toBe('failed');
    expect(await delivery.redeliver()).toMatchObject({ deliveryId: DELIVERY_ID, status: 'pending' });
    expect(await delivery.status()).toBeUndefined();
    await delivery.untilQuiet();
    expect(await delivery.status()).toBe('delivered');
    const log = await delivery.log();
    expect(log.map(({ round, attempt }) => `${round}:${attempt}`)).toEqual([
      ...SCHEDULE.map((_, at) => `1:${at + 1}`),
      `1:${ATTEMPTS}`,
      ...[1, 2, 3].map((more) => `2:${ATTEMPTS + more}`),
    ]);
    const [five, minutes] = delivery.pauses.slice(SCHEDULE.length).map(({ seconds }) => seconds);
    expect([five! >= 4 && five! <= 6, minutes! >= 270 && minutes! <= 330]).toEqual([true, true]);
    expectOneDelivery(receiver.posts);
  });

  it('adds nothing while a delivery is under way', async () => {
    await using receiver = await startReceiver(refuse);
    const delivery = virtualDelivery({ url: receiver.url, seed: firstSeed });
    await delivery.begin();
    while (await delivery.step()) {
      if ((await delivery.status()) === undefined) await delivery.redeliver();
    }
    expect((await delivery.log()).map(({ round }) => round)).toEqual(Array(ATTEMPTS).fill(1));
    expect(delivery.seen.receives).toBe(ATTEMPTS);
  });

  it('leaves late copies of the earlier message nothing to do', async () => {
    await using receiver = await startReceiver(takeAt(1));
    const delivery = virtualDelivery({ url: receiver.url, seed: firstSeed });
    await delivery.begin();
    await delivery.untilQuiet();
    await delivery.redeliver();
    const { requestId } = await delivery.redeliver();
    await delivery.send({ requestId, generation: 1 });
    await delivery.untilQuiet();
    expect((await delivery.log()).map(({ round }) => round)).toEqual([1, 2]);
    expect(receiver.posts).toHaveLength(2);
  });
});
