import type { Queue } from '../aws/queue.ts';
import { ingestCsv, type IngestDeps } from './ingest-csv.ts';
import type { Run } from './keys.ts';
import type { IngestMessage, RetryMessage } from './messages.ts';
import { Problem } from './problem.ts';
import { ownRequest } from './request-head.ts';
import { retryObstacle, type Request, type RetryObstacle } from './request.ts';
import type { RequestStore } from './request-store.ts';

export type RetryQuestion = {
  requestId: string;
  owner: string;
  /** Only images that failed with one of these; undefined means all. */
  codes?: string[] | undefined;
  /** The run whose failures are meant: when a later one has begun already, nothing is done. */
  generation?: number | undefined;
};

export type RetryDeps = { requests: RequestStore; ingestQueue: Queue<IngestMessage>; now: () => Date };

/**
 * Tries the failed images of an ended request again, as a further run of it. The message that promises it is sent first;
 * whichever comes first, its handler or this call, then opens the run. Throws Problem: `not_found`, `not_finished`,
 * `nothing_to_retry`, `no_result` when the request has no products, `invalid_request` for a run that never was.
 */
export async function retryRequest(question: RetryQuestion, deps: RetryDeps): Promise<Request> {
  const request = await ownRequest(question, deps);
  const { generation = request.generation } = question;
  const codes = question.codes && eachOnce(question.codes);
  if (generation > request.generation) throw new Problem('invalid_request', `There is no run ${generation} yet.`);
  if (generation < request.generation) return request;
  checkCanRetry(request, codes);
  const run = { requestId: request.requestId, generation: generation + 1 };
  await deps.ingestQueue.send({ kind: 'retry', ...run, ...(codes && { codes }) });
  const opened = await openRun(run, codes, deps);
  if (opened?.generation !== run.generation || !isSameWish(opened, codes)) {
    throw new Problem('not_finished', 'The request was retried by another call meanwhile.');
  }
  return opened;
}

/** The promise of a retry: opens its run, if that is not done, and ingests it. Older than the request's run, it is void. */
export async function ingestRetry({ requestId, generation, codes }: RetryMessage, deps: IngestDeps): Promise<void> {
  const request = await openRun({ requestId, generation }, codes, deps);
  if (request?.generation === generation) await ingestCsv(requestId, deps);
}

/** The request as it is then, whoever opened which run. */
async function openRun(
  run: Run,
  codes: string[] | undefined,
  { requests, now }: Pick<RetryDeps, 'requests' | 'now'>,
): Promise<Request | undefined> {
  const opened = await requests.reopen(run, { at: now().toISOString(), ...(codes && { codes }) });
  return opened ?? (await requests.get(run.requestId, { consistent: true }));
}

function checkCanRetry(request: Request, codes: readonly string[] | undefined): void {
  const obstacle = retryObstacle(request, codes);
  if (obstacle) throw new Problem(obstacle, OBSTACLES[obstacle](request));
}

const OBSTACLES: Record<RetryObstacle, (request: Request) => string> = {
  not_finished: ({ status }) => `The request is ${status}; it can be retried when it has ended.`,
  no_result: () => 'The request has no products to try again.',
  nothing_to_retry: () => 'No image failed in this way.',
};

/** The same wish reads the same however it was written, and is never longer than there are codes. */
const eachOnce = (codes: readonly string[]): string[] => [...new Set(codes)].sort();

const isSameWish = ({ retry }: Request, codes: readonly string[] | undefined): boolean =>
  JSON.stringify(retry?.codes) === JSON.stringify(codes);
