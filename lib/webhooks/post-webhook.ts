import { OutboundError, type OutboundErrorCode } from '../outbound/outbound-error.ts';
import type { Outbound } from '../outbound/outbound.ts';
import { retryAfterSeconds } from '../outbound/retry-after.ts';
import { signatureHeaders, type WebhookMessage } from './sign.ts';

export type Webhook = WebhookMessage & {
  url: string;
  /** Newest first. */
  secrets: string[];
};

export type PostWebhookDeps = {
  outbound: Outbound;
  timeoutMs: number;
  /** Milliseconds since 1970. */
  clock: () => number;
};

export type WebhookAttempt = {
  /** `gone`: no further attempt will help, or none is wanted. */
  outcome: 'delivered' | 'retry' | 'gone';
  statusCode: number | null;
  durationMs: number;
  error: OutboundErrorCode | 'redirected' | 'gone' | null;
  retryAfterSeconds: number | null;
};

type Result = Omit<WebhookAttempt, 'durationMs'>;

const HOPELESS: ReadonlySet<OutboundErrorCode> = new Set(['invalid_url', 'unsupported_scheme', 'blocked_url']);

/** Makes one attempt and tells how it went; what the receiver says beyond its status is dropped unread. */
export async function postWebhook(webhook: Webhook, deps: PostWebhookDeps): Promise<WebhookAttempt> {
  const startedAt = deps.clock();
  const result = await attempt(webhook, deps);
  return { ...result, durationMs: deps.clock() - startedAt };
}

async function attempt(webhook: Webhook, { outbound, timeoutMs, clock }: PostWebhookDeps): Promise<Result> {
  const headers = { 'content-type': 'application/json', ...signatureHeaders(webhook, webhook.secrets) };
  try {
    const response = await outbound.request({
      method: 'POST',
      url: webhook.url,
      headers,
      body: webhook.payload,
      signal: AbortSignal.timeout(timeoutMs),
      maxRedirects: 0,
    });
    await response.discard();
    return answered(response.status, retryAfterSeconds(response.headers['retry-after'], clock()));
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    const outcome = HOPELESS.has(error.code) ? 'gone' : 'retry';
    return { outcome, statusCode: null, error: error.code, retryAfterSeconds: null };
  }
}

function answered(statusCode: number, retryAfter: number | null): Result {
  if (statusCode < 300) return { outcome: 'delivered', statusCode, error: null, retryAfterSeconds: null };
  if (statusCode < 400) return { outcome: 'retry', statusCode, error: 'redirected', retryAfterSeconds: null };
  if (statusCode === 410) return { outcome: 'gone', statusCode, error: 'gone', retryAfterSeconds: null };
  return { outcome: 'retry', statusCode, error: 'http_error', retryAfterSeconds: retryAfter };
}
