import type { Queue } from '../aws/queue.ts';
import type { Run } from './keys.ts';
import type { WebhookMessage } from './messages.ts';
import { hasEnded, type Request, type RequestStatus } from './request.ts';
import type { RequestStore } from './request-store.ts';

export type EndDeps = { requests: RequestStore; webhooksQueue: Queue<WebhookMessage>; now: () => Date };

/** Promises the caller's webhook, if there is one to tell and it was not told yet. */
export async function announce(request: Request, webhooksQueue: Queue<WebhookMessage>): Promise<void> {
  if (request.webhookUrl === undefined || request.webhookStatus !== undefined) return;
  const { requestId, generation, webhookRound } = request;
  await webhooksQueue.send({ requestId, generation, round: webhookRound });
}

export type WhyItFails = {
  from: readonly RequestStatus[];
  code: string;
  message: string;
  /** Until when the request is kept, if that changes by it. */
  expiresAt?: number;
};

/** Ends a run that can't be done, unless it has gone on or ended already, and tells its caller. True when it has ended. */
export async function failRequest(run: Run, { code, message, ...change }: WhyItFails, deps: EndDeps): Promise<boolean> {
  const error = { code, message };
  const failed = await deps.requests.fail(run, { ...change, error, at: deps.now().toISOString() });
  const request = failed ?? (await deps.requests.get(run.requestId, { consistent: true }));
  if (!request || !hasEnded(request)) return false;
  await announce(request, deps.webhooksQueue);
  return request.generation === run.generation;
}
