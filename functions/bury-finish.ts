import * as z from 'zod';
import { openQueue } from '../lib/aws/queue.ts';
import { openTable } from '../lib/aws/table.ts';
import { readSettings, Settings } from '../lib/env.ts';
import { consumer } from '../lib/queue/consumer.ts';
import { buryFinish } from '../lib/requests/bury-messages.ts';
import { FinishMessage, type IngestMessage } from '../lib/requests/messages.ts';
import { OlderMessage, resendOlder } from '../lib/requests/older-messages.ts';
import { requestStore } from '../lib/requests/request-store.ts';

const settings = readSettings(
  Settings.pick({ TABLE_NAME: true, INGEST_QUEUE_URL: true, FINISH_QUEUE_URL: true, WEBHOOKS_QUEUE_URL: true }),
);
const deps = {
  requests: requestStore(openTable(settings.TABLE_NAME)),
  ingestQueue: openQueue<IngestMessage>(settings.INGEST_QUEUE_URL),
  finishQueue: openQueue<FinishMessage>(settings.FINISH_QUEUE_URL),
  webhooksQueue: openQueue(settings.WEBHOOKS_QUEUE_URL),
  now: () => new Date(),
};

/** Dead letters of the finish queue: fails the request whose result could not be written; one of another shape is sent anew. */
export const handler = consumer({
  message: z.union([FinishMessage, OlderMessage]),
  work: (message) => (message.generation === undefined ? resendOlder(message, deps) : buryFinish(message, deps)),
});
