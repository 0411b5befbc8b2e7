import { createHash, randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { transaction } from './database.ts';

export type Queue = { name: string; created: number; attributes: Record<string, string> };
export type Message = {
  id: string;
  body: string;
  attributes: string | null;
  sentAt: number;
  receives: number;
  firstReceivedAt: number;
  receipt: string;
};
type MessageRow = Omit<Message, 'receipt' | 'firstReceivedAt'> & { number: number; firstReceivedAt: number | null };

const DEFAULTS = {
  VisibilityTimeout: '30',
  DelaySeconds: '0',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
};

/** SQS' standard queues in a database: what the file holds is the whole state, so a restart changes nothing. */
export class SqsStore {
  readonly #db: DatabaseSync;
  readonly #waiting = new Map<string, Set<() => void>>();

  /**
   * Messages that were being worked on when the stack died are visible again at once: their readers died with it.
   * Those that were sent back with a delay of their own keep it.
   */
  constructor(db: DatabaseSync) {
    this.#db = db;
    db.prepare('UPDATE messages SET visibleAt = ? WHERE receipt IS NOT NULL AND backingOff = 0').run(Date.now());
    for (const queue of this.queues()) this.#dropExpired(queue);
  }

  create(name: string, attributes: Record<string, string>): void {
    const all = JSON.stringify({ ...DEFAULTS, ...attributes });
    this.#db.prepare('INSERT INTO queues (name, created, attributes) VALUES (?, ?, ?)').run(name, Date.now(), all);
  }

  setAttributes(queue: Queue, attributes: Record<string, string>): void {
    const all = JSON.stringify({ ...queue.attributes, ...attributes });
    this.#db.prepare('UPDATE queues SET attributes = ? WHERE name = ?').run(all, queue.name);
  }

  drop(queue: Queue): void {
    this.#db.prepare('DELETE FROM queues WHERE name = ?').run(queue.name);
  }

  purge(queue: Queue): void {
    this.#db.prepare('DELETE FROM messages WHERE queue = ?').run(queue.name);
  }

  find(name: string): Queue | undefined {
    const row = this.#db.prepare('SELECT * FROM queues WHERE name = ?').get(name);
    return row && toQueue(row);
  }

  queues(): Queue[] {
    return this.#db.prepare('SELECT * FROM queues ORDER BY name').all().map(toQueue);
  }

  counts(queue: Queue): { visible: number; inFlight: number; delayed: number } {
    const now = Date.now();
    const row = this.#db
      .prepare(
        `SELECT count(*) FILTER (WHERE visibleAt <= ?1) AS visible,
                count(*) FILTER (WHERE visibleAt > ?1 AND receipt IS NOT NULL) AS inFlight,
                count(*) FILTER (WHERE visibleAt > ?1 AND receipt IS NULL) AS delayed
         FROM messages WHERE queue = ?2`,
      )
      .get(now, queue.name);
    return row as { visible: number; inFlight: number; delayed: number };
  }

  send(
    queue: Queue,
    message: { body: string; attributes?: string; delaySeconds?: number },
  ): { id: string; md5: string } {
    const id = randomUUID();
    const now = Date.now();
    const delay = message.delaySeconds ?? Number(queue.attributes.DelaySeconds);
    this.#db
      .prepare('INSERT INTO messages (queue, id, body, attributes, sentAt, visibleAt) VALUES (?, ?, ?, ?, ?, ?)')
      .run(queue.name, id, message.body, message.attributes ?? null, now, now + delay * 1000);
    this.#wake(queue.name);
    return { id, md5: md5(message.body) };
  }

  /** Oldest first. What was received too often already goes to the dead-letter queue instead, in the same transaction. */
  receive(queue: Queue, max: number, visibilitySeconds = Number(queue.attributes.VisibilityTimeout)): Message[] {
    return transaction(this.#db, () => {
      const now = Date.now();
      const received: Message[] = [];
      const dead = redrivePolicy(queue);
      while (received.length < max) {
        const row = this.#next(queue, now);
        if (!row) break;
        if (dead && row.receives >= dead.maxReceiveCount) this.#bury(row, dead.name);
        else received.push(this.#take(row, now, visibilitySeconds));
      }
      return received;
    });
  }

  /** Nothing happens when the message has been received again meanwhile: it then has another receipt. */
  remove(queue: Queue, receipt: string): void {
    this.#db.prepare('DELETE FROM messages WHERE queue = ? AND receipt = ?').run(queue.name, receipt);
  }

  /** False when the message is not in flight under this receipt. */
  changeVisibility(queue: Queue, receipt: string, seconds: number): boolean {
    const now = Date.now();
    const { changes } = this.#db
      .prepare('UPDATE messages SET visibleAt = ?, backingOff = 1 WHERE queue = ? AND receipt = ? AND visibleAt > ?')
      .run(now + seconds * 1000, queue.name, receipt, now);
    this.#wake(queue.name);
    return changes === 1;
  }

  /** Resolves when there may be something to receive, at the deadline (epoch milliseconds), or when the signal aborts. */
  async arrival(queue: Queue, deadline: number, signal: AbortSignal): Promise<void> {
    const row = this.#db.prepare('SELECT min(visibleAt) AS at FROM messages WHERE queue = ?').get(queue.name);
    const until = Math.min(deadline, Number(row?.at ?? Infinity));
    const waiting = this.#waiting.get(queue.name) ?? new Set();
    this.#waiting.set(queue.name, waiting);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const done = () => resolve(undefined);
    const timer = setTimeout(done, Math.max(0, until - Date.now()));
    waiting.add(done);
    signal.addEventListener('abort', done, { once: true });
    await promise;
    clearTimeout(timer);
    waiting.delete(done);
    signal.removeEventListener('abort', done);
  }

  #next(queue: Queue, now: number): MessageRow | undefined {
    const oldest = now - Number(queue.attributes.MessageRetentionPeriod) * 1000;
    return this.#db
      .prepare(
        `SELECT number, id, body, attributes, sentAt, receives, firstReceivedAt FROM messages
         WHERE queue = ? AND visibleAt <= ? AND sentAt > ? ORDER BY visibleAt, number LIMIT 1`,
      )
      .get(queue.name, now, oldest) as MessageRow | undefined;
  }

  #take({ number, ...row }: MessageRow, now: number, visibilitySeconds: number): Message {
    const receipt = randomUUID();
    const firstReceivedAt = row.firstReceivedAt ?? now;
    // Even a message that is not hidden at all must not be found twice by one receive.
    const visibleAt = Math.max(now + visibilitySeconds * 1000, now + 1);
    this.#db
      .prepare(
        `UPDATE messages SET visibleAt = ?, receives = receives + 1, firstReceivedAt = ?, receipt = ?, backingOff = 0
         WHERE number = ?`,
      )
      .run(visibleAt, firstReceivedAt, receipt, number);
    return { ...row, receives: row.receives + 1, firstReceivedAt, receipt };
  }

  #bury(row: MessageRow, deadLetterQueue: string): void {
    this.#db
      .prepare('UPDATE messages SET queue = ?, visibleAt = ?, receipt = NULL, backingOff = 0 WHERE number = ?')
      .run(deadLetterQueue, Date.now(), row.number);
    this.#wake(deadLetterQueue);
  }

  #dropExpired(queue: Queue): void {
    const oldest = Date.now() - Number(queue.attributes.MessageRetentionPeriod) * 1000;
    this.#db.prepare('DELETE FROM messages WHERE queue = ? AND sentAt <= ?').run(queue.name, oldest);
  }

  #wake(name: string): void {
    for (const done of this.#waiting.get(name) ?? []) done();
  }
}

/** SQS' checksum of a body; SDKs compare it. */
export const md5 = (text: string) => createHash('md5').update(text).digest('hex');

const toQueue = (row: Record<string, unknown>): Queue => ({
  name: String(row.name),
  created: Number(row.created),
  attributes: JSON.parse(String(row.attributes)) as Record<string, string>,
});

function redrivePolicy(queue: Queue): { name: string; maxReceiveCount: number } | undefined {
  const text = queue.attributes.RedrivePolicy;
  if (!text) return undefined;
  const policy = JSON.parse(text) as { deadLetterTargetArn: string; maxReceiveCount: number | string };
  return { name: policy.deadLetterTargetArn.split(':').at(-1) ?? '', maxReceiveCount: Number(policy.maxReceiveCount) };
}
