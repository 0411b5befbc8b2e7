import * as z from 'zod';
import type { Queue } from '../aws/queue.ts';
import { RequestId } from './ids.ts';
import type { WebhookMessage } from './messages.ts';
import { deliveryIdOf, roundOf } from './open-delivery.ts';
import { Problem } from './problem.ts';
import { ownRequest } from './request-head.ts';
import { hasEnded } from './request.ts';
import type { RequestStore } from './request-store.ts';

export type RedeliverDeps = { requests: RequestStore; webhooksQueue: Queue<WebhookMessage>; now: () => Date };

export const RedeliveryView = z.object({ requestId: RequestId, deliveryId: z.string(), status: z.literal('pending') });
export type RedeliveryView = z.output<typeof RedeliveryView>;

/**
 * Has a webhook delivered once more, by a whole new round of attempts under the same id; while one is under way, nothing
 * is added to it. Throws Problem: `not_found`, `not_finished`.
 */
export async function redeliverWebhook(
  { requestId, deliveryId, owner }: { requestId: string; deliveryId: string; owner: string },
  { requests, webhooksQueue, now }: RedeliverDeps,
): Promise<RedeliveryView> {
  const request = await ownRequest({ requestId, owner }, { requests, now });
  if (request.webhookUrl === undefined || deliveryId !== deliveryIdOf(request)) {
    throw new Problem('not_found', 'There is no such delivery.');
  }
  if (!hasEnded(request)) {
    throw new Problem('not_finished', `The request is ${request.status}; its webhook is sent when it has ended.`);
  }
  if (request.webhookStatus !== undefined) {
    // The message first: it begins the round itself, should this call die before it does.
    await webhooksQueue.send({ requestId, generation: request.generation, round: roundOf(request) + 1 });
    await requests.startRound(request);
  }
  return { requestId, deliveryId, status: 'pending' };
}
