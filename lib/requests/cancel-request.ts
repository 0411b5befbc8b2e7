import type { Queue } from '../aws/queue.ts';
import { announce, type EndDeps } from './end-request.ts';
import type { IngestMessage } from './messages.ts';
import { keptUntil, type RequestRules } from './new-request.ts';
import { Problem } from './problem.ts';
import { ownRequest } from './request-head.ts';
import type { Request } from './request.ts';

export type CancelDeps = EndDeps & { ingestQueue: Queue<IngestMessage>; rules: Pick<RequestRules, 'ttlDays'> };

/**
 * Longer than the function that compresses may run: what had begun has ended by then, and pages that wait for another try
 * are sent once more so that they end at once.
 */
const AFTER_STARTED_WORK_SECONDS = 150;

/**
 * Ends a request early: images that have begun are finished, all others end as `cancelled`, and the result file says so.
 * Doing it again does nothing. Throws Problem: `not_found`, `already_ended`.
 */
export async function cancelRequest(
  { requestId, owner }: { requestId: string; owner: string },
  deps: CancelDeps,
): Promise<Request> {
  const request = await ownRequest({ requestId, owner }, deps);
  if (request.status === 'AWAITING_FILE') return await withdraw(request, deps);
  if (request.cancelledAt !== undefined) return request;
  if (request.status !== 'RECEIVED' && request.status !== 'PROCESSING') throw alreadyEnded(request);
  await deps.ingestQueue.send({ kind: 'resend', requestId }, { delaySeconds: AFTER_STARTED_WORK_SECONDS });
  const cancelled = await deps.requests.cancel(requestId, { at: deps.now().toISOString() });
  const current = cancelled ?? (await deps.requests.get(requestId, { consistent: true })) ?? request;
  // Another call may have cancelled it meanwhile, or it has ended otherwise.
  if (current.cancelledAt === undefined) throw alreadyEnded(current);
  return current;
}

/** The upload has not come: nothing is under way, and there is nothing but the webhook to be promised. */
async function withdraw(request: Request, deps: CancelDeps): Promise<Request> {
  const { requestId } = request;
  await deps.ingestQueue.send({ kind: 'resend', requestId }, { delaySeconds: AFTER_STARTED_WORK_SECONDS });
  const now = deps.now();
  // What only waited was kept for a day; an end is kept as long as any, and its caller told as long.
  const until = { at: now.toISOString(), expiresAt: keptUntil(now, deps.rules) };
  const withdrawn = await deps.requests.withdraw(requestId, until);
  // Its file has come just now.
  if (!withdrawn) return await cancelRequest({ requestId, owner: request.owner }, deps);
  await announce(withdrawn, deps.webhooksQueue);
  return withdrawn;
}

const alreadyEnded = ({ status }: Request) =>
  new Problem('already_ended', `The request is ${status} and can't be cancelled any more.`);
