import { currentCounts, isCounting } from './current-counts.ts';
import type { Links } from './links.ts';
import type { PageStore } from './page-store.ts';
import { listProducts, type ProductFilter } from './list-products.ts';
import { deliveryIdOf } from './open-delivery.ts';
import { ownRequest, requestHead } from './request-head.ts';
import { hasEnded, runTotals, type Request } from './request.ts';
import type { RequestStore } from './request-store.ts';
import { round } from './summary.ts';
import type { StatusView } from './views.ts';

export type StatusDeps = { requests: RequestStore; pages: PageStore; links: Links; now: () => Date };

export type StatusQuestion = {
  requestId: string;
  owner: string;
  /** Asks for settled products, too, from a cursor on. */
  products?: ProductFilter | undefined;
};

/** How far a request has come. Throws Problem `not_found`. */
export async function requestStatus(
  { requestId, owner, products }: StatusQuestion,
  deps: StatusDeps,
): Promise<StatusView> {
  const request = await ownRequest({ requestId, owner }, deps);
  const counts = await currentCounts(request, deps.pages);
  const head = requestHead(request, counts, deps.links);
  return {
    ...head,
    cancelledAt: request.cancelledAt ?? null,
    expiresAt: request.status === 'AWAITING_FILE' ? (request.uploadUntil ?? null) : null,
    progress: progressOf(request, head, deps.now()),
    webhook: await webhookOf(request, deps.requests),
    ...(products && (await listProducts(request, products, deps.pages))),
  };
}

type Head = Pick<StatusView, 'images' | 'products' | 'startedAt' | 'finishedAt'>;

/** The progress of the current run: of a retry only what it tries again. */
function progressOf(request: Request, head: Head, now: Date): StatusView['progress'] {
  const { images, products } = head;
  const ended = hasEnded(request);
  const seconds = secondsOfRun(head, now);
  const run = runTotals(request) ?? { images: 0, products: 0 };
  // What stands after a retry that was given up was done before it.
  const done = isCounting(request) ? Math.max(run.images - images.pending, 0) : 0;
  const rate = seconds > 0 ? done / seconds : 0;
  const [total, pending] = run.images > 0 ? [run.images, images.pending] : [run.products, products.pending];
  const part = total > 0 ? (total - pending) / total : 0;
  return {
    // Only an ended request is at 100: its result file is there.
    percent: ended ? 100 : Math.min(Math.floor(part * 1000) / 10, 99.9),
    imagesPerSecond: round(rate),
    secondsLeft: ended || rate === 0 ? null : Math.ceil(images.pending / rate),
  };
}

function secondsOfRun({ startedAt, finishedAt }: Head, now: Date): number {
  if (startedAt === null) return 0;
  const until = finishedAt === null ? now.getTime() : Date.parse(finishedAt);
  return (until - Date.parse(startedAt)) / 1000;
}

/** Each redelivery adds some. */
const ATTEMPTS_MOST = 100;

async function webhookOf(request: Request, requests: RequestStore): Promise<StatusView['webhook']> {
  if (request.webhookUrl === undefined) return null;
  return {
    status: request.webhookStatus ?? 'pending',
    deliveryId: deliveryIdOf(request),
    url: withoutQuery(request.webhookUrl),
    attempts: hasEnded(request) ? (await requests.deliveries(request.requestId)).slice(-ATTEMPTS_MOST) : [],
  };
}

/** A query may hold the receiver's secret; whoever may see the status need not know it. */
function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
