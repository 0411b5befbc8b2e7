import * as z from 'zod';
import { buryFile, buryFinish, buryIngest, buryPage, buryWebhook } from '../../../lib/requests/bury-messages.ts';
import { checkProgress, type CheckDeps } from '../../../lib/requests/check-progress.ts';
import { compressPage } from '../../../lib/requests/compress-page.ts';
import { finishRequest } from '../../../lib/requests/finish-request.ts';
import { handleIngest } from '../../../lib/requests/handle-ingest.ts';
import { DROPS } from '../../../lib/requests/keys.ts';
import { linksUnder } from '../../../lib/requests/links.ts';
import { FinishMessage, IngestMessage, PageMessage, WebhookMessage } from '../../../lib/requests/messages.ts';
import { notifyWebhook, type NotifyDeps } from '../../../lib/requests/notify-webhook.ts';
import { progressStore } from '../../../lib/requests/progress-store.ts';
import { recentRequests } from '../../../lib/requests/recent-requests.ts';
import { receiveFile, type Arrival } from '../../../lib/requests/receive-file.ts';
import type { Watch } from '../../fakes/memory-table.ts';
import { makeWorld } from '../../fakes/world.ts';
import { makeOutside, type Fetch } from './outside.ts';
import { Killed, makeProcesses, type Purpose, type Trouble } from './processes.ts';
import { makeQueues, type Stored } from './virtual-queues.ts';
import { pageDelivery } from '../../fakes/page-delivery.ts';

/** Where callers are told; also those of dropped files whose own wish was never read. */
export const WEBHOOK = 'https://caller.example/';

const START = Date.parse('2025-10-05T18:00:00.000Z');

export type System = ReturnType<typeof makeSystem>;

/** How a delivery or a call goes: what goes wrong in it, and how its steps fall between those of others. */
export type Going = { trouble?: Trouble | undefined; seed: number; deleteIsLost?: boolean };

/** The real use cases over stores in memory, queues in a virtual time, and processes that may die at any call. */
export function makeSystem({ watch, onFetch }: { watch: Watch; onFetch: (fetch: Fetch) => void }) {
  const clock = { now: START };
  const now = () => new Date(clock.now);
  const processes = makeProcesses();
  const queues = makeQueues(processes.fault, clock);
  const outside = makeOutside({ processes, clock, onFetch });
  const world = makeWorld({ fault: processes.fault, watch });
  const deps = {
    ...world.deps,
    now,
    newId: idsInOrder(),
    defaults: { ...world.deps.defaults, webhookUrl: WEBHOOK },
    ingestQueue: queues.queueOf<IngestMessage>('ingest'),
    pagesQueue: queues.queueOf<PageMessage>('pages'),
    finishQueue: queues.queueOf<FinishMessage>('finish'),
    webhooksQueue: queues.queueOf<WebhookMessage>('webhooks'),
    // As a warm function has it: what it read of a request is good for some seconds.
    findRequest: recentRequests(
      (id) => world.requests.get(id, { consistent: true }),
      () => clock.now,
    ),
    fetchImage: outside.fetchedBy(world.deps.fetchImage),
  };
  const notify: NotifyDeps = {
    ...{ requests: world.requests, now, random: () => 0.5, retrySeconds: [5, 300, 1_800] },
    links: linksUnder('https://api.example'),
    secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    post: { timeoutMs: 1_000, clock: () => clock.now, outbound: outside.outbound },
  };
  const unexpected: Error[] = [];
  const buried = new Set<string>();
  const stalled: string[] = [];
  const check: CheckDeps = {
    progress: progressStore(world.table),
    pages: world.pages,
    requests: world.requests,
    ingestQueue: deps.ingestQueue,
    report: {
      stalled: ({ requestId }) => stalled.push(requestId),
      failed: (_requestId, error) => unexpected.push(error instanceof Error ? error : new Error(String(error))),
    },
    hasTime: () => true,
    now,
  };

  return {
    world: { ...world, deps },
    clock,
    queues,
    processes,
    outside,
    /** Errors that no trouble explains. */
    unexpected: unexpected as readonly Error[],
    /** `<queue> <request id>` of every burial that was begun. */
    buried: buried as ReadonlySet<string>,
    /** Delivers a message, as Lambda does: to the function of its queue, or to that of its dead letters. */
    async deliver(message: Stored, { trouble, seed, deleteIsLost }: Going): Promise<void> {
      const isDead = queues.dead.includes(message);
      const attempt = isDead ? 1 : queues.receive(message);
      if (attempt === undefined) return;
      const { purpose, work, bury } = jobOf(message, attempt, { deps, notify });
      if (isDead) buried.add(`${message.queue} ${purpose.requestId ?? ''}`);
      try {
        await processes.run(
          { purpose: isDead ? { ...purpose, name: 'bury' } : purpose, trouble, seed },
          isDead ? bury : work,
        );
        if (!deleteIsLost) queues.remove(message);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        if (!EXPECTED.has(error.name) && !isBeingBuried(message, error)) unexpected.push(error);
        if (!isDead && !(error instanceof Killed)) queues.giveBack(message, error);
      }
    },
    /** What an HTTP function does. */
    call: <T>(name: string, { trouble, seed }: Going, work: () => Promise<T>): Promise<T> =>
      processes.run({ purpose: { name }, trouble, seed }, work),
    /** The scheduled check; gives the requests that stand still. */
    async sweep(): Promise<readonly string[]> {
      stalled.length = 0;
      await checkProgress(check);
      return [...stalled];
    },
    openRequests: async () => (await check.progress.list({ after: undefined, limit: 100 })).ids,
  };
}

/** `RetryLater` is no error, the others are what a test brought about itself. */
const EXPECTED: ReadonlySet<string> = new Set(['RetryLater', 'Killed', 'CallFailed']);

/** The burial of a dropped file makes its request before it ends it: the file's other event may look just then. */
const isBeingBuried = ({ body }: Stored, { name }: Error): boolean => name === 'ObjectMissing' && body.includes(DROPS);

type Deps = { deps: ReturnType<typeof makeWorld>['deps']; notify: NotifyDeps };
type Job = { purpose: Purpose; work: () => Promise<void>; bury: () => Promise<void> };

/** What the function of a queue does with a message, and what that of its dead letters does. */
function jobOf({ queue: name, body }: Stored, attempt: number, { deps, notify }: Deps): Job {
  switch (name) {
    case 'ingest': {
      const message = IngestMessage.or(S3Event).parse(JSON.parse(body));
      if (!('kind' in message)) {
        return { purpose: { name }, work: () => receiveFile(message, deps), bury: () => buryFile(message, deps) };
      }
      const { requestId } = message;
      const work = () => handleIngest(message, deps);
      return { purpose: { name, requestId }, work, bury: () => buryIngest(message, deps) };
    }
    case 'pages': {
      const message = PageMessage.parse(JSON.parse(body));
      const { requestId, generation, page } = message;
      const work = () => compressPage(message, pageDelivery(attempt), deps);
      return { purpose: { name, requestId, generation, page }, work, bury: () => buryPage(message, deps) };
    }
    case 'finish': {
      const message = FinishMessage.parse(JSON.parse(body));
      return {
        purpose: { name, ...message },
        work: () => finishRequest(message, deps),
        bury: () => buryFinish(message, deps),
      };
    }
    case 'webhooks': {
      const message = WebhookMessage.parse(JSON.parse(body));
      const { requestId, generation } = message;
      const work = () => notifyWebhook(message, notify);
      return { purpose: { name, requestId, generation }, work, bury: () => buryWebhook(message, notify.requests) };
    }
  }
}

const S3Event = z.object({
  bucket: z.string(),
  key: z.string(),
  eTag: z.string(),
  version: z.string(),
}) satisfies z.ZodType<Arrival>;

/** Ids that are the same in every run, so that a seed is enough to repeat it. */
function idsInOrder(): () => string {
  let made = 0;
  return () => `01K6XJ5T3N8Z4QW2V7YB${String(++made).padStart(6, '0')}`;
}
