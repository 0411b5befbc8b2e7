import type { Queue } from '../aws/queue.ts';
import { productsSettled } from './counts.ts';
import { currentCounts } from './current-counts.ts';
import type { IngestMessage } from './messages.ts';
import type { PageStore } from './page-store.ts';
import type { ProgressStore, Seen } from './progress-store.ts';
import { hasEnded, isExpired, isSettled, runTotals, type Request } from './request.ts';
import type { RequestStore } from './request-store.ts';

export type CheckDeps = {
  progress: ProgressStore;
  pages: PageStore;
  requests: Pick<RequestStore, 'deliveries'>;
  ingestQueue: Queue<IngestMessage>;
  report: { stalled: (request: StalledRequest) => void; failed: (requestId: string, error: unknown) => void };
  /** False when the check is to end and the next one goes on. */
  hasTime: () => boolean;
  now: () => Date;
};

/** A request without progress, the message that would bring it on, and whether that was sent again now. */
export type StalledRequest = { requestId: string; waitsFor: WaitsFor; since: string; resent: boolean };

type WaitsFor = 'ingest' | 'pages' | 'finish' | 'webhook';

/** How many open requests were looked at, how many of them stand still, and how many could not be looked at. */
export type CheckOutcome = { checked: number; stalled: number; failed: number };

const AT_ONCE = 25;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Longer than any function may run, and than a message that met trouble is hidden. */
const WORK_PATIENCE = 30 * MINUTE;
/** Longer than the longest pause between two attempts to deliver a webhook. */
const WEBHOOK_PATIENCE = 13 * 60 * MINUTE;

/**
 * The second line of defence, should a message be lost after all: goes through the open requests, reports those without
 * progress and sends again what they wait for. One that fails to be looked at holds up no other.
 */
export async function checkProgress(deps: CheckDeps): Promise<CheckOutcome> {
  const outcome: CheckOutcome = { checked: 0, stalled: 0, failed: 0 };
  const begin = await deps.progress.bookmark();
  let after = begin;
  do {
    const { ids, more } = await deps.progress.list({ after, limit: AT_ONCE });
    const checks = await Promise.all(ids.map((id) => checkOne(id, deps)));
    outcome.checked += checks.length;
    outcome.stalled += checks.filter((check) => check === 'stalled').length;
    outcome.failed += checks.filter((check) => check === 'failed').length;
    after = more ? ids.at(-1) : undefined;
  } while (after !== undefined && deps.hasTime());
  if (after !== begin) await deps.progress.setBookmark(after);
  return outcome;
}

async function checkOne(requestId: string, deps: CheckDeps): Promise<'moving' | 'stalled' | 'failed'> {
  try {
    const stalled = await findStall(requestId, deps);
    if (stalled) deps.report.stalled(stalled);
    return stalled ? 'stalled' : 'moving';
  } catch (error) {
    deps.report.failed(requestId, error);
    return 'failed';
  }
}

async function findStall(requestId: string, deps: CheckDeps): Promise<StalledRequest | undefined> {
  const found = await deps.progress.get(requestId);
  const now = deps.now();
  if (!found || isExpired(found.request, now)) return undefined;
  const { request, seen } = found;
  if (owesNothing(request)) {
    await deps.progress.close(request);
    return undefined;
  }
  const mark = await markOf(request, deps);
  if (seen?.mark === mark) return await judge(request, seen, deps);
  await deps.progress.note(requestId, { mark, at: now.toISOString(), resends: 0 }, seen);
  return undefined;
}

/**
 * A request that nothing was seen to happen to. Behind a long queue that is no fault, so each time that sending again
 * brought nothing, it is left alone for twice as long; but never for more than a day.
 */
async function judge(request: Request, seen: Seen, deps: CheckDeps): Promise<StalledRequest | undefined> {
  const { requestId } = request;
  const waitsFor = whatFor(request);
  const patience = waitsFor === 'webhook' ? WEBHOOK_PATIENCE : WORK_PATIENCE;
  const stoodFor = deps.now().getTime() - Date.parse(seen.at);
  if (stoodFor < patience) return undefined;
  const resent = stoodFor >= dueAfter(patience, seen.resends);
  if (resent) {
    await deps.ingestQueue.send({ kind: 'resend', requestId });
    await deps.progress.note(requestId, { ...seen, resends: seen.resends + 1 }, seen);
  }
  return { requestId, waitsFor, since: seen.at, resent };
}

function dueAfter(patience: number, resends: number): number {
  let due = patience;
  for (let times = 0; times < resends; times++) due += Math.min(due, DAY);
  return due;
}

/** The same as long as nothing happens, another one after every step. */
async function markOf(request: Request, { requests, pages }: CheckDeps): Promise<string> {
  const { requestId, status, generation } = request;
  const steps = hasEnded(request)
    ? (await requests.deliveries(requestId)).length
    : productsSettled(await currentCounts(request, pages));
  return [status, generation, runTotals(request) ? 'planned' : 'unplanned', steps].join(' ');
}

function whatFor(request: Request): WaitsFor {
  if (hasEnded(request)) return 'webhook';
  if (request.status === 'RECEIVED') return 'ingest';
  return isSettled(request) ? 'finish' : 'pages';
}

/** Its caller was told, or there is nobody to tell. Some ways of ending leave it to the check to notice. */
const owesNothing = (request: Request): boolean =>
  hasEnded(request) &&
  (request.webhookUrl === undefined || request.webhookStatus === 'delivered' || request.webhookStatus === 'failed');
