import { announce, type EndDeps } from './end-request.ts';
import type { FinishMessage } from './messages.ts';
import type { Run } from './keys.ts';
import { hasEnded, isSettled, type Request, type RequestStatus } from './request.ts';
import { writeResults, type ResultDeps } from './write-results.ts';

export type FinishDeps = EndDeps & ResultDeps;

/**
 * Writes the result files of a request that is settled, ends it once for its generation, and promises its webhook.
 * Every delivery of the message walks the same way: the files are written to the same keys, the end is conditional.
 */
export async function finishRequest(run: FinishMessage, deps: FinishDeps): Promise<void> {
  const request = await beginOrFind(run, deps);
  if (request?.generation !== run.generation) return;
  if (hasEnded(request)) {
    await announce(request, deps.webhooksQueue);
    return;
  }
  if (!isSettled(request)) throw new Error(`request ${run.requestId} was to be finished before it was settled`);
  await writeResults(request, deps);
  const ended = await deps.requests.end(run, { status: endingOf(request), at: deps.now().toISOString() });
  const current = ended ?? (await deps.requests.get(run.requestId, { consistent: true }));
  if (current) await announce(current, deps.webhooksQueue);
}

async function beginOrFind(run: Run, { requests }: FinishDeps) {
  return (await requests.startFinishing(run)) ?? (await requests.get(run.requestId, { consistent: true }));
}

/** Once it is being finished, nobody can cancel it any more. */
function endingOf({ cancelledAt, counts, totals }: Request): RequestStatus {
  if (cancelledAt !== undefined) return 'CANCELLED';
  return counts.productsCompleted === totals?.products ? 'COMPLETED' : 'COMPLETED_WITH_ERRORS';
}
