import type { Queue } from '../aws/queue.ts';
import type { WebhookMessage } from './messages.ts';
import { hasEnded, type Request, type RequestStatus } from './request.ts';
import type { RequestStore } from './request-store.ts';

export type EndDeps = { requests: RequestStore; webhooksQueue: Queue<WebhookMessage>; now: () => Date };

/** Promises the caller's webhook, if there is one to tell and it was not told yet. */
export async function announce(request: Request, webhooksQueue: Queue<WebhookMessage>): Promise<void> {
  if (request.webhookUrl === undefined || request.webhookStatus !== undefined) return;
  await webhooksQueue.send({ requestId: request.requestId, generation: request.generation });
}

/** Ends a request that can't be done, unless it has gone on or ended already, and tells its caller. */
export async function failRequest(
  requestId: string,
  { from, code, message }: { from: readonly RequestStatus[]; code: string; message: string },
  deps: EndDeps,
): Promise<void> {
  const error = { code, message };
  const failed = await deps.requests.fail(requestId, { from, error, at: deps.now().toISOString() });
  const request = failed ?? (await deps.requests.get(requestId, { consistent: true }));
  if (request && hasEnded(request)) await announce(request, deps.webhooksQueue);
}
