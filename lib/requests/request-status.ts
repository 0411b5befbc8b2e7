import { currentCounts } from './current-counts.ts';
import type { Links } from './links.ts';
import type { PageStore } from './page-store.ts';
import { listProducts, type ProductFilter } from './list-products.ts';
import { ownRequest, requestHead } from './request-head.ts';
import { hasEnded, type Request } from './request.ts';
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
  const request = await ownRequest(requestId, owner, deps.requests);
  const counts = await currentCounts(request, deps.pages);
  const head = requestHead(request, counts, deps.links);
  return {
    ...head,
    expiresAt: request.status === 'AWAITING_FILE' ? (request.uploadUntil ?? null) : null,
    progress: progressOf(request, head, deps.now()),
    webhook: await webhookOf(request, deps.requests),
    ...(products && (await listProducts(request, products, deps.pages))),
  };
}

type Head = Pick<StatusView, 'images' | 'products'>;

function progressOf(request: Request, { images, products }: Head, now: Date): StatusView['progress'] {
  const ended = hasEnded(request);
  const until = request.finishedAt === undefined ? now : new Date(request.finishedAt);
  const seconds = (until.getTime() - Date.parse(request.receivedAt ?? request.createdAt)) / 1000;
  const done = images.total - images.pending;
  const rate = seconds > 0 ? done / seconds : 0;
  const { total, pending } = images.total > 0 ? images : products;
  const part = total > 0 ? (total - pending) / total : 0;
  return {
    // Only an ended request is at 100: its result file is there.
    percent: ended ? 100 : Math.min(Math.floor(part * 1000) / 10, 99.9),
    imagesPerSecond: round(rate),
    secondsLeft: ended || rate === 0 ? null : Math.ceil(images.pending / rate),
  };
}

async function webhookOf(request: Request, requests: RequestStore): Promise<StatusView['webhook']> {
  if (request.webhookUrl === undefined) return null;
  return {
    status: request.webhookStatus ?? 'pending',
    url: withoutQuery(request.webhookUrl),
    attempts: hasEnded(request) ? await requests.deliveries(request.requestId) : [],
  };
}

/** A query may hold the receiver's secret; whoever may see the status need not know it. */
function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
