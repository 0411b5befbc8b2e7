import { generate } from 'selfsigned';
import { describe, expect, it, vi } from 'vitest';
import { answer, say } from '../hostile/fault-server.ts';
import {
  ATTEMPTS,
  deliver,
  expectInTime,
  expectOneDelivery,
  expectPatience,
  expectSpacing,
  fakeTime,
  refuse,
  take,
  takeAt,
  verify,
} from './check-webhooks.ts';
import { firstSeed } from './seeds.ts';
import { QUEUE, SCHEDULE, virtualDelivery } from './virtual-delivery.ts';
import { startReceiver, type Receiver } from './webhook-receiver.ts';
import { RECEIVER_STATES, type ReceiverState } from './webhook-states.ts';

vi.hoisted(() => (process.env.LOG_LEVEL = 'SILENT'));
fakeTime();

describe('a receiver that', () => {
  it('is in one of many states, each another than the others', () => {
    expect(new Set(RECEIVER_STATES.map(({ name }) => name)).size).toBe(RECEIVER_STATES.length);
    console.log(`webhooks: ${RECEIVER_STATES.length} states of receivers`);
  });

  it.each(RECEIVER_STATES)('$name: $ends', async (state) => {
    await using receiver = await receiverIn(state);
    const delivery = virtualDelivery({
      url: state.url ?? receiver.url,
      seed: firstSeed,
      ...(state.isSilent && { timeIsUp: receiver.nextPost }),
    });
    await delivery.begin();
    await delivery.untilQuiet();

    const attempts = state.ends === 'failed' ? ATTEMPTS : 1;
    const log = await delivery.log();
    expect(await delivery.status()).toBe(state.ends === 'delivered' ? 'delivered' : 'failed');
    expect(log).toMatchObject(
      Array.from({ length: attempts }, (_, at) => ({ generation: 1, round: 1, attempt: at + 1, ...state.logged })),
    );
    expect(JSON.stringify(log)).not.toContain('secret');
    expect(delivery.seen).toEqual({ receives: attempts, deadLetters: 0, lost: 0 });
    if (state.ends === 'failed') expectSpacing(delivery, log, state.asks);
    else expect([delivery.pauses, log[0]!.retryAt]).toEqual([[], null]);
    if (state.answer) {
      expect(receiver.posts.map(({ path }) => path)).toEqual(Array(attempts).fill('/hook?key=s3cret'));
      expectPatience(receiver.posts, state.asks);
      expectOneDelivery(receiver.posts);
    } else if (!state.url) {
      expect(receiver.connections()).toBe(attempts);
    }
  });
});

async function receiverIn({ answer: fault = take, greet, tls }: ReceiverState): Promise<Receiver> {
  if (tls === undefined) return startReceiver(fault, greet ? { greet } : {});
  const made = await generate([{ name: 'commonName', value: '127.0.0.1' }], { keySize: 2048 });
  return startReceiver(fault, { tls: { key: made.private, cert: made.cert } });
}

describe('the schedule', () => {
  it.each(Array.from({ length: ATTEMPTS }, (_, at) => at + 1))(
    'ends with attempt %i when that is taken',
    async (nth) => {
      const { delivery, posts, log, status } = await deliver(takeAt(nth));
      expect([status, posts.length, delivery.pauses.length]).toEqual(['delivered', nth, nth - 1]);
      expect(log.map(({ statusCode }) => statusCode)).toEqual([...Array<number>(nth - 1).fill(500), 200]);
      expectOneDelivery(posts);
    },
  );

  it('is spread: no two deliveries come back together, and the whole tenth is used on both sides', async () => {
    const runs = [];
    for (let run = 0; run < 40; run++)
      runs.push((await deliver(refuse, { seed: firstSeed * 1_000 + run })).delivery.pauses);
    for (const [at, planned] of SCHEDULE.entries()) {
      if (planned === 5) continue; // too few whole seconds
      const shares = runs.map((pauses) => pauses[at]!.seconds / planned);
      expect(Math.min(...shares)).toBeLessThan(0.95);
      expect(Math.max(...shares)).toBeGreaterThan(planned === 43_000 ? 0.99 : 1.05);
      expect(new Set(shares).size).toBeGreaterThan(15);
    }
  });

  it('fits into what the queue keeps a message for, also in its longest form with a receiver that always asks for more', async () => {
    const always = say(answer('', { 'Retry-After': '999999999' }, '429 Too Many Requests'));
    const { delivery, posts, status } = await deliver(always, { retrySeconds: Array<number>(14).fill(43_000) });
    expect([status, posts.length]).toEqual(['failed', 15]);
    expect(delivery.seen).toEqual({ receives: 15, deadLetters: 0, lost: 0 });
    expect(posts.at(-1)!.at - posts[0]!.at).toBeLessThan(QUEUE.MessageRetentionPeriod * 1000);
  });

  it('is not hurried by a message that comes twice', async () => {
    const { delivery, posts, log, status } = await deliver(refuse, {}, { messages: 3 });
    expect([status, posts.length]).toEqual(['failed', ATTEMPTS]);
    expect(delivery.seen).toMatchObject({ deadLetters: 0, lost: 0 });
    expectInTime(log);
  });
});

describe('while a secret rotates', () => {
  const [old, next] = ['o', 'n'].map((fill) => `whsec_${Buffer.alloc(32, fill).toString('base64')}`) as [
    string,
    string,
  ];

  it('receivers of the old and of the new one can verify, each at the times at which it is in use', async () => {
    const inUse = [[old], [old], [next, old], [next, old], [next, old], [next], [next], [next]];
    let attempt = 0;
    const { posts } = await deliver(refuse, { secrets: () => inUse[attempt++]! });
    for (const [at, post] of posts.entries()) {
      expect(post.headers['webhook-signature']!.split(' ')).toHaveLength(inUse[at]!.length);
      for (const secret of [old, next]) {
        if (inUse[at]!.includes(secret)) expect(verify(post, secret)).toMatchObject({ type: 'request.completed' });
        else expect(() => verify(post, secret)).toThrow('No matching signature');
      }
    }
    expect(posts).toHaveLength(ATTEMPTS);
  });
});
