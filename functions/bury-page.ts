import * as z from 'zod';
import { openQueue } from '../lib/aws/queue.ts';
import { openTable } from '../lib/aws/table.ts';
import { readSettings, Settings } from '../lib/env.ts';
import { consumer } from '../lib/queue/consumer.ts';
import { buryPage } from '../lib/requests/bury-messages.ts';
import { PageMessage, type IngestMessage } from '../lib/requests/messages.ts';
import { OlderPage, resendOlder } from '../lib/requests/older-messages.ts';
import { pageStore } from '../lib/requests/page-store.ts';
import { requestStore } from '../lib/requests/request-store.ts';

const settings = readSettings(Settings.pick({ TABLE_NAME: true, INGEST_QUEUE_URL: true, FINISH_QUEUE_URL: true }));
const table = openTable(settings.TABLE_NAME);
const deps = {
  requests: requestStore(table),
  pages: pageStore(table),
  ingestQueue: openQueue<IngestMessage>(settings.INGEST_QUEUE_URL),
  finishQueue: openQueue(settings.FINISH_QUEUE_URL),
};

/** Dead letters of the pages queue: settles what is open of a page as given up; one of another shape is sent anew. */
export const handler = consumer({
  message: z.union([PageMessage, OlderPage]),
  work: (message) => ('products' in message ? buryPage(message, deps) : resendOlder(message, deps)),
});
