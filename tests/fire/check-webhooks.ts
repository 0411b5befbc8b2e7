import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import type { Delivery } from '../../lib/requests/delivery-log.ts';
import { answer, say, type Fault } from '../hostile/fault-server.ts';
import { firstSeed } from './seeds.ts';
import {
  closeOutbound,
  DELIVERY_ID,
  SCHEDULE,
  virtualDelivery,
  type DeliveryOptions,
  type VirtualDelivery,
} from './virtual-delivery.ts';
import { startReceiver, type Post } from './webhook-receiver.ts';

export const ATTEMPTS = SCHEDULE.length + 1;

/** Nothing waits: `Date` is what the deliveries make of it. */
export function fakeTime(): void {
  beforeAll(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
    console.log(`webhooks: FIRE_SEED=${firstSeed}`);
  });
  afterAll(async () => {
    vi.useRealTimers();
    await closeOutbound();
  });
}

const SECRET = `whsec_${Buffer.alloc(32, 'k').toString('base64')}`;
/** Answers that end nothing, and one that does. */
export const refuse: Fault = say(answer('no', {}, '500 Internal Server Error'));
export const take: Fault = say(answer(''));
export const takeAt =
  (attempt: number): Fault =>
  (exchange) =>
    (exchange.nth >= attempt ? take : refuse)(exchange);

/** One delivery from its promise to its end. */
export async function deliver(fault: Fault, options: Partial<DeliveryOptions> = {}, { messages = 1 } = {}) {
  await using receiver = await startReceiver(fault);
  const delivery = virtualDelivery({ url: receiver.url, seed: firstSeed, ...options });
  await delivery.begin({ messages });
  await delivery.untilQuiet();
  return { delivery, posts: receiver.posts, log: await delivery.log(), status: await delivery.status() };
}

/** Bytes, signature and age as the receiver's library wants them, at the receiver's own time of the post. */
export function verify({ at, headers, body }: Post, secret = SECRET): unknown {
  vi.setSystemTime(at);
  return new Webhook(secret).verify(body, headers);
}

/** All of them are the same delivery: one id, one payload; each has its own time and so its own signature. */
export function expectOneDelivery(posts: readonly Post[]): void {
  expect(new Set(posts.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([DELIVERY_ID]));
  expect(new Set(posts.map(({ body }) => body)).size).toBe(1);
  for (const post of posts) {
    expect(verify(post)).toMatchObject({ type: 'request.completed' });
    const age = post.at / 1000 - Number(post.headers['webhook-timestamp']);
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThan(60);
  }
}

/** A date is that much nearer by the time it is read. */
const READING_SECONDS = 31;

/** Each pause is a tenth around what is planned, or what the receiver asked for; and is kept to the second. */
export function expectSpacing({ pauses }: VirtualDelivery, log: readonly Delivery[], asks = 0): void {
  expect(pauses).toHaveLength(SCHEDULE.length);
  for (const [at, { seconds }] of pauses.entries()) {
    const planned = SCHEDULE[at]!;
    const [least, most] = [Math.max(planned * 0.9, asks - READING_SECONDS), Math.max(planned * 1.1, asks)];
    expect(seconds).toBeGreaterThanOrEqual(Math.min(Math.floor(least), 43_000));
    expect(seconds).toBeLessThanOrEqual(Math.min(Math.ceil(most), 43_000));
    const ended = Date.parse(log[at]!.at) + log[at]!.durationMs;
    expect(Date.parse(log[at + 1]!.at) - ended).toBe(seconds * 1000);
  }
}

/** Nobody is asked again before the time that they asked for; a date has whole seconds. */
export function expectPatience(posts: readonly Post[], asks = 0): void {
  for (const [at, post] of posts.slice(1).entries()) {
    expect(post.at - posts[at]!.at).toBeGreaterThan((asks - 1) * 1000);
  }
}

/** No attempt came before its time. */
export function expectInTime(log: readonly Delivery[]): void {
  for (const [at, { retryAt }] of log.slice(0, -1).entries()) {
    expect(Date.parse(log[at + 1]!.at)).toBeGreaterThanOrEqual(Date.parse(retryAt!));
  }
}
