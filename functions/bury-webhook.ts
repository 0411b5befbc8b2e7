import { openTable } from '../lib/aws/table.ts';
import { readSettings, Settings } from '../lib/env.ts';
import { consumer } from '../lib/queue/consumer.ts';
import { buryWebhook } from '../lib/requests/bury-messages.ts';
import { WebhookMessage } from '../lib/requests/messages.ts';
import { requestStore } from '../lib/requests/request-store.ts';

const settings = readSettings(Settings.pick({ TABLE_NAME: true }));
const requests = requestStore(openTable(settings.TABLE_NAME));

/** Dead letters of the webhooks queue: records that the caller could not be told. */
export const handler = consumer({ message: WebhookMessage, work: (message) => buryWebhook(message, requests) });
