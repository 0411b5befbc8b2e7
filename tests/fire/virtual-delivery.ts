import { readFileSync } from 'node:fs';
import { vi } from 'vitest';
import { parse } from 'yaml';
import { createOutbound, type Outbound } from '../../lib/outbound/outbound.ts';
import { consumer } from '../../lib/queue/consumer.ts';
import { buryWebhook } from '../../lib/requests/bury-messages.ts';
import type { Delivery } from '../../lib/requests/delivery-log.ts';
import { linksUnder } from '../../lib/requests/links.ts';
import { WebhookMessage } from '../../lib/requests/messages.ts';
import { notifyWebhook, type NotifyDeps } from '../../lib/requests/notify-webhook.ts';
import { redeliverWebhook } from '../../lib/requests/redeliver-webhook.ts';
import { requestStore } from '../../lib/requests/request-store.ts';
import { lambdaContext, sqsEvent } from '../fakes/lambda.ts';
import { makeRequest, REQUEST_ID } from '../fakes/make-request.ts';
import { MemoryTable, type Fault } from '../fakes/memory-table.ts';
import { seededRandom } from '../fakes/seeded-random.ts';
import { resolveName } from './webhook-states.ts';

export const SCHEDULE = [5, 300, 1_800, 7_200, 18_000, 36_000, 43_000];
export const DELIVERY_ID = `msg_${REQUEST_ID}_1`;

const START = Date.parse('2025-10-05T18:00:00.000Z');
const HIDDEN_MOST_MS = 43_200_000;

type QueueProperties = {
  VisibilityTimeout: number;
  MessageRetentionPeriod: number;
  RedrivePolicy: { maxReceiveCount: number };
};
const { Resources } = parse(readFileSync(new URL('../../infra/queues.yml', import.meta.url), 'utf8'), {
  logLevel: 'silent',
}) as { Resources: { WebhooksQueue: { Properties: QueueProperties } } };
export const QUEUE = Resources.WebhooksQueue.Properties;

type Queued = { message: WebhookMessage; sentAt: number; visibleAt: number; receives: number };

/** `pause` is what the message was hidden for, at the time `at`. */
export type Pause = { at: number; seconds: number };

export type DeliveryOptions = {
  url: string;
  seed: number;
  retrySeconds?: readonly number[];
  /** Newest first, at the time of an attempt. */
  secrets?: () => string[];
  /** Resolves when the receiver has had its time to answer; without it there is enough. */
  timeIsUp?: () => Promise<unknown>;
  /** Called around each call of the table and before each hiding; when it answers true, the process dies there. */
  dies?: (call: string, moment: 'before' | 'after') => boolean;
};

export type VirtualDelivery = ReturnType<typeof virtualDelivery>;

/**
 * The delivery of an ended request's webhook: the real use case behind the real queue stack, over the real HTTP client,
 * in a time of its own. The queue is as infra/queues.yml has it, and as strict as SQS. `Date` must be faked.
 */
export function virtualDelivery(options: DeliveryOptions) {
  const random = seededRandom(options.seed);
  const pauses: Pause[] = [];
  const queued: Queued[] = [];
  const seen = { receives: 0, deadLetters: 0, lost: 0 };
  let working = false;
  let dead = false;
  let receivedAt = 0;
  let inHand: Queued | undefined;
  vi.setSystemTime(START);
  const pass = (seconds: number) => vi.setSystemTime(Date.now() + Math.round(seconds * 1000));

  /** A process that has died does nothing any more. */
  const fault: Fault = (call, moment) => {
    dead ||= working && (options.dies?.(call, moment) ?? false);
    if (dead) throw new Error('killed');
  };
  const requests = requestStore(new MemoryTable(fault));
  const send = (message: WebhookMessage) => {
    queued.push({ message, sentAt: Date.now(), visibleAt: Date.now(), receives: 0 });
    return Promise.resolve();
  };
  const hide = async (_receipt: string, seconds: number) => {
    await fault('hide', 'before');
    if (!Number.isInteger(seconds) || seconds < 0 || Date.now() + seconds * 1000 > receivedAt + HIDDEN_MOST_MS) {
      throw new Error(`InvalidParameterValue: hidden for ${seconds} s`);
    }
    pauses.push({ at: Date.now(), seconds });
    inHand!.visibleAt = Date.now() + seconds * 1000;
  };
  const deps: NotifyDeps = {
    requests,
    links: linksUnder('https://api.example'),
    get secrets() {
      return options.secrets?.() ?? [`whsec_${Buffer.alloc(32, 'k').toString('base64')}`];
    },
    retrySeconds: options.retrySeconds ?? SCHEDULE,
    random: random.next,
    now: () => new Date(),
    post: {
      outbound: inVirtualTime(options, () => pass(random.next() * 15)),
      timeoutMs: 60_000,
      clock: Date.now,
    },
  };
  const handler = consumer({
    message: WebhookMessage,
    queue: { hide },
    work: (message) => notifyWebhook(message, deps),
  });

  /** What Lambda and SQS do with the message that is visible first; false when there is none. */
  async function step(): Promise<boolean> {
    queued.sort((a, b) => a.visibleAt - b.visibleAt);
    const [next] = queued;
    if (!next) return false;
    vi.setSystemTime(Math.max(Date.now(), next.visibleAt));
    if (Date.now() - next.sentAt > QUEUE.MessageRetentionPeriod * 1000) {
      seen.lost++;
      queued.shift();
    } else if (next.receives >= QUEUE.RedrivePolicy.maxReceiveCount) {
      seen.deadLetters++;
      queued.shift();
      await buryWebhook(next.message, requests);
    } else {
      await receive(next);
    }
    return true;
  }

  async function receive(next: Queued): Promise<void> {
    [inHand, receivedAt] = [next, Date.now()];
    next.receives++;
    seen.receives++;
    next.visibleAt = receivedAt + QUEUE.VisibilityTimeout * 1000;
    working = true;
    const answer = await handler(sqsEvent([next.message], { attempt: next.receives }), lambdaContext());
    working = false;
    const failed = dead || !('batchItemFailures' in answer) || answer.batchItemFailures.length > 0;
    dead = false;
    if (!failed) queued.splice(queued.indexOf(next), 1);
  }

  return {
    /** The request ends, and its webhook is promised, by so many messages. */
    async begin({ messages = 1 } = {}): Promise<void> {
      const ended = { status: 'COMPLETED', finishedAt: new Date().toISOString(), webhookUrl: options.url } as const;
      await requests.create(makeRequest(ended));
      for (let sent = 0; sent < messages; sent++) await send({ requestId: REQUEST_ID, generation: 1 });
    },
    redeliver: () =>
      redeliverWebhook(
        { requestId: REQUEST_ID, deliveryId: DELIVERY_ID, owner: 'default' },
        { requests, webhooksQueue: { send, sendAll: () => Promise.resolve(), hide }, now: () => new Date() },
      ),
    send,
    step,
    async untilQuiet(): Promise<void> {
      while (await step());
    },
    pass,
    pauses: pauses as readonly Pause[],
    seen: seen as Readonly<typeof seen>,
    log: (): Promise<Delivery[]> => requests.deliveries(REQUEST_ID),
    status: async () => (await requests.get(REQUEST_ID))!.webhookStatus,
  };
}

const outbound = createOutbound(
  {
    allowedHosts: ['127.0.0.1'],
    ports: [80, 443],
    userAgent: 'Rowpress-Test/1',
    connectTimeoutMs: 60_000,
    headersTimeoutMs: 60_000,
    connectionsPerHost: 4,
  },
  resolveName,
);

/** Posting takes its time, too; and the time-out is one of this time, not of the machine's. */
const inVirtualTime = ({ timeIsUp }: DeliveryOptions, wait: () => void): Outbound => ({
  ...outbound,
  request: async (request) => {
    wait();
    const patience = new AbortController();
    const giveUp = () => patience.abort(new DOMException('too slow', 'TimeoutError'));
    void timeIsUp?.().then(giveUp);
    try {
      const signal = AbortSignal.any([request.signal, patience.signal]);
      return await outbound.request({ ...request, signal });
    } finally {
      wait();
    }
  },
});

export const closeOutbound = (): Promise<void> => outbound.close();
