import { announce, type EndDeps } from './end-request.ts';
import type { FinishMessage } from './messages.ts';
import { hasEnded, isSettled, type Request } from './request.ts';
import { writeResults, type ResultDeps } from './write-results.ts';

export type FinishDeps = EndDeps & ResultDeps;

/**
 * Writes the result files of a request that is settled, ends it once for its generation, and promises its webhook.
 * Every delivery of the message walks the same way: the files are written to the same keys, the end is conditional.
 */
export async function finishRequest({ requestId, generation }: FinishMessage, deps: FinishDeps): Promise<void> {
  const request = await beginOrFind(requestId, generation, deps);
  if (request?.generation !== generation) return;
  if (hasEnded(request)) {
    await announce(request, deps.webhooksQueue);
    return;
  }
  if (!isSettled(request)) throw new Error(`request ${requestId} was to be finished before it was settled`);
  await writeResults(request, deps);
  const status = isFlawless(request) ? 'COMPLETED' : 'COMPLETED_WITH_ERRORS';
  const ended = await deps.requests.end(requestId, { generation, status, at: deps.now().toISOString() });
  const current = ended ?? (await deps.requests.get(requestId, { consistent: true }));
  if (current) await announce(current, deps.webhooksQueue);
}

async function beginOrFind(requestId: string, generation: number, { requests }: FinishDeps) {
  return (
    (await requests.startFinishing(requestId, generation)) ?? (await requests.get(requestId, { consistent: true }))
  );
}

const isFlawless = ({ counts, totals }: Request) => counts.productsCompleted === totals?.products;
