import type { Queue } from '../../../lib/aws/queue.ts';
import { RetryLater } from '../../../lib/requests/retry-later.ts';
import type { Fault } from '../../fakes/memory-table.ts';

export type QueueName = 'ingest' | 'pages' | 'finish' | 'webhooks';

/** `receives` counts the deliveries that have begun. */
export type Stored = { number: number; queue: QueueName; body: string; visibleAt: number; receives: number };

/** Seconds, and deliveries until a message is dead: fewer than deployed, so that it comes to that more often. */
const SETTINGS: Record<QueueName, { visibility: number; receives: number }> = {
  ingest: { visibility: 1_800, receives: 3 },
  pages: { visibility: 720, receives: 4 },
  finish: { visibility: 5_400, receives: 3 },
  webhooks: { visibility: 180, receives: 20 },
};

/** SQS in a time that stands still until it is told to pass. */
export function makeQueues(fault: Fault, clock: { now: number }) {
  const living: Stored[] = [];
  const dead: Stored[] = [];
  let sent = 0;
  const store = (queue: QueueName, body: string, delaySeconds = 0) =>
    living.push({ number: ++sent, queue, body, visibleAt: clock.now + delaySeconds * 1000, receives: 0 });

  const queueOf = <Message>(name: QueueName): Queue<Message> => ({
    async send(message, { delaySeconds } = {}) {
      await fault('send', 'before');
      store(name, JSON.stringify(message), delaySeconds);
      await fault('send', 'after');
    },
    async sendAll(messages) {
      for (let at = 0; at < messages.length; at += 10) {
        await fault('sendAll', 'before');
        for (const message of messages.slice(at, at + 10)) store(name, JSON.stringify(message));
        await fault('sendAll', 'after');
      }
    },
    hide: () => Promise.reject(new Error('the queues hide by themselves here')),
  });

  return {
    queueOf,
    /** Not deleted yet: visible, hidden or delayed. */
    living: living as readonly Stored[],
    dead: dead as readonly Stored[],
    visible: () => living.filter(({ visibleAt }) => visibleAt <= clock.now),
    /** When no message is visible, time passes until one is. */
    wait(): void {
      if (living.length > 0) clock.now = Math.max(clock.now, Math.min(...living.map(({ visibleAt }) => visibleAt)));
    },
    /** Hands a message out, or moves it to the dead ones. Gives which delivery it is; undefined when it is dead. */
    receive(message: Stored): number | undefined {
      const { visibility, receives } = SETTINGS[message.queue];
      if (message.receives >= receives) {
        dead.push(...living.splice(living.indexOf(message), 1));
        return undefined;
      }
      message.receives += 1;
      message.visibleAt = clock.now + visibility * 1000;
      return message.receives;
    },
    /** The function gave it back: it is hidden as the function says. */
    giveBack(message: Stored, reason: unknown): void {
      const seconds = reason instanceof RetryLater ? reason.seconds : 10 * 2 ** (message.receives - 1);
      message.visibleAt = clock.now + seconds * 1000;
    },
    remove(message: Stored): void {
      for (const list of [living, dead]) if (list.includes(message)) list.splice(list.indexOf(message), 1);
    },
    duplicate(message: Stored): void {
      living.push({ ...message, number: ++sent, visibleAt: clock.now });
    },
    redrive(message: Stored): void {
      living.push({ ...message, receives: 0, visibleAt: clock.now });
      dead.splice(dead.indexOf(message), 1);
    },
  };
}
