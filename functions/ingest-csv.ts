import { openBucket } from '../lib/aws/objects.ts';
import { openQueue } from '../lib/aws/queue.ts';
import { openTable } from '../lib/aws/table.ts';
import { readSettings, RuleSettings, Settings } from '../lib/env.ts';
import { consumer } from '../lib/queue/consumer.ts';
import { IngestTrigger } from '../lib/queue/ingest-trigger.ts';
import { claimStore } from '../lib/requests/claim-store.ts';
import { handleIngest } from '../lib/requests/handle-ingest.ts';
import { newRequestId } from '../lib/requests/ids.ts';
import { DEFAULT_OWNER } from '../lib/requests/owner.ts';
import { pageStore } from '../lib/requests/page-store.ts';
import { receiveFile, type ReceiveDeps } from '../lib/requests/receive-file.ts';
import { requestStore } from '../lib/requests/request-store.ts';

const settings = readSettings(
  Settings.pick({
    TABLE_NAME: true,
    DATA_BUCKET: true,
    INGEST_QUEUE_URL: true,
    PAGES_QUEUE_URL: true,
    FINISH_QUEUE_URL: true,
    WEBHOOKS_QUEUE_URL: true,
    DEFAULT_OPTIONS: true,
    DEFAULT_WEBHOOK_URL: true,
  }),
);
const table = openTable(settings.TABLE_NAME);
const deps: ReceiveDeps = {
  requests: requestStore(table),
  claims: claimStore(table),
  pages: pageStore(table),
  data: openBucket(settings.DATA_BUCKET),
  pagesQueue: openQueue(settings.PAGES_QUEUE_URL),
  finishQueue: openQueue(settings.FINISH_QUEUE_URL),
  webhooksQueue: openQueue(settings.WEBHOOKS_QUEUE_URL),
  rules: readSettings(RuleSettings),
  defaults: { owner: DEFAULT_OWNER, options: settings.DEFAULT_OPTIONS, webhookUrl: settings.DEFAULT_WEBHOOK_URL },
  newId: newRequestId,
  now: () => new Date(),
};

/** The ingest queue: files that came to S3, what an upload may have left undone, retries, and what is sent once more. */
export const handler = consumer({
  message: IngestTrigger,
  queue: openQueue(settings.INGEST_QUEUE_URL),
  work: async ({ message, arrivals }) => {
    if (message) await handleIngest(message, deps);
    for (const arrival of arrivals) await receiveFile(arrival, deps);
  },
});
