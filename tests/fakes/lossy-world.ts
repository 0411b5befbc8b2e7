import { Readable } from 'node:stream';
import { ImageError } from '../../lib/images/image-error.ts';
import { checkProgress, type CheckDeps } from '../../lib/requests/check-progress.ts';
import { compressPage } from '../../lib/requests/compress-page.ts';
import { finishRequest } from '../../lib/requests/finish-request.ts';
import { handleIngest } from '../../lib/requests/handle-ingest.ts';
import { linksUnder } from '../../lib/requests/links.ts';
import type { FinishMessage, IngestMessage, PageMessage, WebhookMessage } from '../../lib/requests/messages.ts';
import { notifyWebhook, type NotifyDeps } from '../../lib/requests/notify-webhook.ts';
import { progressStore } from '../../lib/requests/progress-store.ts';
import { makeWorld, type World } from './world.ts';
import { pageDelivery } from './page-delivery.ts';

/** A message on its way, and which queue it was on. */
export type Sent =
  | { to: 'ingest'; message: IngestMessage }
  | { to: 'pages'; message: PageMessage }
  | { to: 'finish'; message: FinishMessage }
  | { to: 'webhooks'; message: WebhookMessage };

/** Whether this message is thrown away; `nth` counts those of its queue from 0. */
export type IsLost = (sent: Sent, nth: number) => boolean;

const CHECK_MS = 15 * 60_000;
/** In six weeks anything that is sent again once a day at least has come through. */
const CHECKS_MOST = 42 * 24 * 4;

/** Every third image is not there when it is fetched first: only a second run finds it. */
function makeHost() {
  const fetches = new Map<string, number>();
  return (url: string) => {
    const nth = (fetches.get(url) ?? 0) + 1;
    fetches.set(url, nth);
    return Number(/(\d+)\.jpg$/.exec(url)?.[1]) % 3 === 2 && nth === 1 ? new ImageError('not_found') : url.length;
  };
}

/** A world whose messages are delivered in order, or thrown away, while checks run and time passes. */
export function lossyWorld(isLost: IsLost) {
  const world = makeWorld({ host: makeHost() });
  let clock = Date.now();
  const told: string[] = [];
  const notify: NotifyDeps = {
    requests: world.requests,
    links: linksUnder('https://api.example'),
    secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    retrySeconds: [5, 300],
    random: () => 0.5,
    now: () => new Date(clock),
    post: {
      timeoutMs: 1_000,
      clock: () => 0,
      outbound: {
        close: () => Promise.resolve(),
        request: ({ url, headers }) => {
          told.push(String(Object.entries(headers ?? {}).find(([name]) => /webhook-id/i.test(name))?.[1]));
          const discard = () => Promise.resolve();
          return Promise.resolve({ status: 200, headers: {}, url, body: Readable.from([]), discard });
        },
      },
    },
  };
  const check: CheckDeps = {
    progress: progressStore(world.table),
    pages: world.pages,
    requests: world.requests,
    ingestQueue: world.queues.ingest,
    report: {
      stalled: () => undefined,
      failed: (_requestId, error) => {
        throw error;
      },
    },
    hasTime: () => true,
    now: () => new Date(clock),
  };
  const counted = { ingest: 0, pages: 0, finish: 0, webhooks: 0 };
  const lost: string[] = [];

  async function deliver(sent: Sent): Promise<void> {
    if (isLost(sent, counted[sent.to]++)) lost.push(sent.to);
    else if (sent.to === 'ingest') await handleIngest(sent.message, world.deps);
    else if (sent.to === 'pages') await compressPage(sent.message, pageDelivery(), world.deps);
    else if (sent.to === 'finish') await finishRequest(sent.message, world.deps);
    else await notifyWebhook(sent.message, notify);
  }

  return {
    world,
    told,
    lost,
    /** Until all is quiet and nothing is owed any more. Gives how many checks that took. */
    async settle(): Promise<number> {
      for (let checks = 0; checks < CHECKS_MOST; checks++) {
        for (let all = takeAll(world); all.length > 0; all = takeAll(world)) {
          for (const sent of all) await deliver(sent);
        }
        if ((await check.progress.list({ after: undefined, limit: 1 })).ids.length === 0) return checks;
        await checkProgress(check);
        clock += CHECK_MS;
      }
      throw new Error('the request never came to its end');
    },
  };
}

function takeAll({ queues }: World): Sent[] {
  return [
    ...queues.ingest.sent.splice(0).map((message): Sent => ({ to: 'ingest', message })),
    ...queues.pages.sent.splice(0).map((message): Sent => ({ to: 'pages', message })),
    ...queues.finish.sent.splice(0).map((message): Sent => ({ to: 'finish', message })),
    ...queues.webhooks.sent.splice(0).map((message): Sent => ({ to: 'webhooks', message })),
  ];
}
