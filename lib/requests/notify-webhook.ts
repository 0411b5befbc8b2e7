import type { PostWebhookDeps } from '../webhooks/post-webhook.ts';
import { postWebhook } from '../webhooks/post-webhook.ts';
import { nextDelaySeconds } from '../webhooks/schedule.ts';
import type { WebhookMessage } from './messages.ts';
import type { Links } from './links.ts';
import { hasEnded, type Request } from './request.ts';
import type { RequestStore } from './request-store.ts';
import { RetryLater } from './retry-later.ts';
import { webhookPayload } from './webhook-payload.ts';

export type NotifyDeps = {
  requests: RequestStore;
  post: PostWebhookDeps;
  links: Links;
  /** Newest first. */
  secrets: string[];
  /** Pauses between attempts, in seconds. */
  retrySeconds: readonly number[];
  random: () => number;
  now: () => Date;
};

/**
 * Makes one attempt to tell the caller, records it, and either ends the delivery or asks for the message again later
 * (RetryLater). Killed between the post and its record, the attempt is made again: with the same webhook-id.
 */
export async function notifyWebhook({ requestId, generation }: WebhookMessage, deps: NotifyDeps): Promise<void> {
  const request = await deps.requests.get(requestId, { consistent: true });
  if (!request || !isOpen(request, generation)) return;
  const earlier = await deps.requests.deliveries(requestId);
  const attempt = earlier.filter((delivery) => delivery.generation === generation).length + 1;
  const now = deps.now();
  const answer = await postWebhook(
    {
      url: request.webhookUrl,
      id: deliveryId(request),
      payload: JSON.stringify(webhookPayload(request, deps.links)),
      timestamp: Math.floor(now.getTime() / 1000),
      secrets: deps.secrets,
    },
    deps.post,
  );
  const { outcome, statusCode, durationMs, error, retryAfterSeconds } = answer;
  const delivery = { generation, attempt, at: now.toISOString(), durationMs, statusCode, error };
  await deps.requests.recordDelivery(request, delivery);
  if (outcome === 'delivered') {
    await end(request, 'delivered', deps);
    return;
  }
  const pause = nextDelaySeconds(attempt, deps.retrySeconds, { retryAfterSeconds, random: deps.random });
  if (outcome === 'gone' || pause === null) {
    await end(request, 'failed', deps);
    return;
  }
  throw new RetryLater(pause, `webhook attempt ${attempt} failed: ${error ?? 'http_error'}`);
}

/** The `webhook-id`: the same over all attempts, another one for each run of the request. */
export const deliveryId = ({ requestId, generation }: Pick<Request, 'requestId' | 'generation'>): string =>
  `msg_${requestId}_${generation}`;

const isOpen = (request: Request, generation: number): request is Request & { webhookUrl: string } =>
  hasEnded(request) &&
  request.generation === generation &&
  request.webhookUrl !== undefined &&
  request.webhookStatus === undefined;

async function end({ requestId, generation }: Request, status: 'delivered' | 'failed', { requests }: NotifyDeps) {
  await requests.endDelivery(requestId, generation, status);
}
