import * as z from 'zod';
import { openQueue } from '../lib/aws/queue.ts';
import { openTable } from '../lib/aws/table.ts';
import { readSettings, Settings } from '../lib/env.ts';
import { consumer } from '../lib/queue/consumer.ts';
import { buryWebhook } from '../lib/requests/bury-messages.ts';
import { WebhookMessage, type IngestMessage } from '../lib/requests/messages.ts';
import { OlderMessage, resendOlder } from '../lib/requests/older-messages.ts';
import { requestStore } from '../lib/requests/request-store.ts';

const settings = readSettings(Settings.pick({ TABLE_NAME: true, INGEST_QUEUE_URL: true }));
const requests = requestStore(openTable(settings.TABLE_NAME));
const ingestQueue = openQueue<IngestMessage>(settings.INGEST_QUEUE_URL);

/** Dead letters of the webhooks queue: records that the caller could not be told; one of another shape is sent anew. */
export const handler = consumer({
  message: z.union([WebhookMessage, OlderMessage]),
  work: (message) =>
    message.generation === undefined ? resendOlder(message, { requests, ingestQueue }) : buryWebhook(message, requests),
});
