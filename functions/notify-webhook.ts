import { openQueue } from '../lib/aws/queue.ts';
import { openTable } from '../lib/aws/table.ts';
import { OutboundSettings, readSettings, Settings } from '../lib/env.ts';
import { createOutbound } from '../lib/outbound/outbound.ts';
import { consumer } from '../lib/queue/consumer.ts';
import { linksUnder } from '../lib/requests/links.ts';
import { WebhookMessage } from '../lib/requests/messages.ts';
import { notifyWebhook, type NotifyDeps } from '../lib/requests/notify-webhook.ts';
import { requestStore } from '../lib/requests/request-store.ts';

const settings = readSettings(
  Settings.pick({
    TABLE_NAME: true,
    WEBHOOKS_QUEUE_URL: true,
    PUBLIC_API_URL: true,
    WEBHOOK_SECRETS: true,
    WEBHOOK_RETRY_SECONDS: true,
  }),
);
const deps: NotifyDeps = {
  requests: requestStore(openTable(settings.TABLE_NAME)),
  post: { outbound: createOutbound(readSettings(OutboundSettings)), timeoutMs: 15_000, clock: Date.now },
  links: linksUnder(settings.PUBLIC_API_URL),
  secrets: settings.WEBHOOK_SECRETS,
  retrySeconds: settings.WEBHOOK_RETRY_SECONDS,
  random: Math.random,
  now: () => new Date(),
};

/** The webhooks queue: one attempt to tell the caller that a request has ended. */
export const handler = consumer({
  message: WebhookMessage,
  queue: openQueue(settings.WEBHOOKS_QUEUE_URL),
  work: (message) => notifyWebhook(message, deps),
});
