import type { PostWebhookDeps, WebhookAttempt } from '../webhooks/post-webhook.ts';
import { postWebhook } from '../webhooks/post-webhook.ts';
import { nextDelaySeconds } from '../webhooks/schedule.ts';
import { wasTaken, type Delivery } from './delivery-log.ts';
import type { Links } from './links.ts';
import type { WebhookMessage } from './messages.ts';
import { deliveryIdOf, openDelivery, roundOf, type OpenDelivery } from './open-delivery.ts';
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
export async function notifyWebhook(message: WebhookMessage, deps: NotifyDeps): Promise<void> {
  const delivery = await openDelivery(message, deps.requests);
  if (!delivery) return;
  await deps.requests.endDelivery(delivery.request, delivery.ending ?? (await attemptDelivery(delivery, deps)));
}

/** How the delivery ends with this attempt. Throws RetryLater when it does not. */
async function attemptDelivery(delivery: OpenDelivery, deps: NotifyDeps): Promise<'delivered' | 'failed'> {
  const { request, tried } = delivery;
  waitUntilDue(delivery, deps);
  const at = deps.now();
  const answer = await postWebhook(
    {
      url: request.webhookUrl,
      id: deliveryIdOf(request),
      payload: JSON.stringify(webhookPayload(request, deps.links)),
      timestamp: Math.floor(at.getTime() / 1000),
      secrets: deps.secrets,
    },
    deps.post,
  );
  const pause = pauseAfter(answer, tried.length + 1, deps);
  const { durationMs, statusCode, error } = answer;
  const retryAt = pause === null ? null : new Date(deps.now().getTime() + pause * 1000).toISOString();
  const logged = await record(delivery, { at: at.toISOString(), durationMs, statusCode, error, retryAt }, deps);
  if (answer.outcome === 'delivered') return 'delivered';
  if (pause === null) return 'failed';
  throw new RetryLater(
    logged ? pause : pause + BEHIND_SECONDS,
    `webhook of ${request.requestId} failed: ${error ?? 'http_error'}`,
  );
}

/**
 * Longer than an attempt takes. What promises a webhook may be doubled by SQS and by our own insurances: of two messages one
 * makes the attempts, the other comes behind each of them and finds that it was made.
 */
const BEHIND_SECONDS = 30;

/** A message that was doubled, or came back early because its reader died, must not ask the receiver too soon. */
function waitUntilDue({ request, tried }: OpenDelivery, { now }: NotifyDeps): void {
  const due = tried.at(-1)?.retryAt ?? undefined;
  if (due === undefined) return;
  const seconds = Math.ceil((Date.parse(due) - now().getTime()) / 1000);
  if (seconds > 0) throw new RetryLater(seconds + BEHIND_SECONDS, `webhook of ${request.requestId} is not due yet`);
}

/** Null when this was the last attempt. */
function pauseAfter(
  { outcome, retryAfterSeconds }: WebhookAttempt,
  attempt: number,
  { retrySeconds, random }: NotifyDeps,
): number | null {
  return outcome === 'retry' ? nextDelaySeconds(attempt, retrySeconds, { retryAfterSeconds, random }) : null;
}

/** The same attempt made twice at once is logged once; but one that was taken is always logged. False when it was not. */
async function record(
  { request, nextAttempt }: OpenDelivery,
  outcome: Omit<Delivery, 'generation' | 'round' | 'attempt'>,
  { requests }: NotifyDeps,
): Promise<boolean> {
  const { requestId, generation } = request;
  for (let attempt = nextAttempt; ; attempt++) {
    const delivery = { generation, round: roundOf(request), attempt, ...outcome };
    if (await requests.recordDelivery(request, delivery)) return true;
    if (!wasTaken(delivery)) return false;
    const logged = await requests.deliveries(requestId);
    if (logged.some((one) => one.generation === generation && one.round === delivery.round && wasTaken(one)))
      return false;
  }
}
