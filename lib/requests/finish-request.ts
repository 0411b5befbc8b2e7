import type { Queue } from '../aws/queue.ts';
import { announce, type EndDeps } from './end-request.ts';
import type { FinishMessage } from './messages.ts';
import type { Run } from './keys.ts';
import { promiseSweep, sweepImages, type SweepDeps } from './sweep-images.ts';
import { hasEnded, isSettled, type Request, type RequestStatus } from './request.ts';
import { writeResults, type ResultDeps } from './write-results.ts';

export type FinishDeps = EndDeps & ResultDeps & SweepDeps & { finishQueue: Queue<FinishMessage> };

/**
 * Writes the result files of a request that is settled, ends it once for its generation, and promises its webhook and the
 * cleaning up behind it. Every delivery of the message walks the same way: the files are written to the same keys, the end
 * is conditional.
 */
export async function finishRequest({ sweep, ...run }: FinishMessage, deps: FinishDeps): Promise<void> {
  if (sweep) {
    await sweepImages(run, deps);
    return;
  }
  const request = await beginOrFind(run, deps);
  if (request?.generation !== run.generation) return;
  const ended = hasEnded(request) ? request : await endRequest(request, deps);
  if (!ended) return;
  await announce(ended, deps.webhooksQueue);
  await promiseSweep(run, deps.finishQueue);
}

/** The request as it is then, whoever ended it. */
async function endRequest(request: Request, deps: FinishDeps): Promise<Request | undefined> {
  const { requestId } = request;
  if (!isSettled(request)) throw new Error(`request ${requestId} was to be finished before it was settled`);
  await writeResults(request, deps);
  const ended = await deps.requests.end(request, { status: endingOf(request), at: deps.now().toISOString() });
  return ended ?? (await deps.requests.get(requestId, { consistent: true }));
}

async function beginOrFind(run: Run, { requests }: FinishDeps) {
  return (await requests.startFinishing(run)) ?? (await requests.get(run.requestId, { consistent: true }));
}

/** Once it is being finished, nobody can cancel it any more. */
function endingOf({ cancelledAt, counts, totals }: Request): RequestStatus {
  if (cancelledAt !== undefined) return 'CANCELLED';
  return counts.productsCompleted === totals?.products ? 'COMPLETED' : 'COMPLETED_WITH_ERRORS';
}
