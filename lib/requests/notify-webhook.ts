import type { PostWebhookDeps } from '../webhooks/post-webhook.ts';
import { postWebhook } from '../webhooks/post-webhook.ts';
import { nextDelaySeconds } from '../webhooks/schedule.ts';
import type { WebhookMessage } from './messages.ts';
import type { Links } from './links.ts';
import { hasEnded, type Request } from './request.ts';
import type { Delivery, RequestStore } from './request-store.ts';
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
  const earlier = (await deps.requests.deliveries(requestId)).filter((one) => one.generation === generation);
  const ending = earlier.some(wasTaken) ? 'delivered' : await attemptDelivery(request, earlier.length + 1, deps);
  await deps.requests.endDelivery(requestId, generation, ending);
}

/** How the delivery ends with this attempt. Throws RetryLater when it does not. */
async function attemptDelivery(request: Told, attempt: number, deps: NotifyDeps): Promise<'delivered' | 'failed'> {
  const now = deps.now();
  const webhook = {
    url: request.webhookUrl,
    id: deliveryId(request),
    payload: JSON.stringify(webhookPayload(request, deps.links)),
    timestamp: Math.floor(now.getTime() / 1000),
    secrets: deps.secrets,
  };
  const { outcome, statusCode, durationMs, error, retryAfterSeconds } = await postWebhook(webhook, deps.post);
  const { generation } = request;
  await deps.requests.recordDelivery(request, {
    generation,
    attempt,
    at: now.toISOString(),
    durationMs,
    statusCode,
    error,
  });
  if (outcome === 'delivered') return 'delivered';
  const pause = nextDelaySeconds(attempt, deps.retrySeconds, { retryAfterSeconds, random: deps.random });
  if (outcome === 'gone' || pause === null) return 'failed';
  throw new RetryLater(pause, `webhook attempt ${attempt} for ${request.requestId} failed: ${error ?? 'http_error'}`);
}

/** The `webhook-id`: the same over all attempts, another one for each run of the request. */
const deliveryId = ({ requestId, generation }: Pick<Request, 'requestId' | 'generation'>): string =>
  `msg_${requestId}_${generation}`;

const wasTaken = ({ statusCode }: Delivery) => statusCode !== null && statusCode >= 200 && statusCode < 300;

type Told = Request & { webhookUrl: string };

const isOpen = (request: Request, generation: number): request is Told =>
  hasEnded(request) &&
  request.generation === generation &&
  request.webhookUrl !== undefined &&
  request.webhookStatus === undefined;
