import { openBucket } from '../lib/aws/objects.ts';
import { openQueue } from '../lib/aws/queue.ts';
import { openTable } from '../lib/aws/table.ts';
import { readSettings, RuleSettings, Settings } from '../lib/env.ts';
import { consumer } from '../lib/queue/consumer.ts';
import { IngestTrigger } from '../lib/queue/ingest-trigger.ts';
import { buryFile, buryIngest, type BuryFileDeps } from '../lib/requests/bury-messages.ts';
import { claimStore } from '../lib/requests/claim-store.ts';
import { newRequestId } from '../lib/requests/ids.ts';
import { DEFAULT_OWNER } from '../lib/requests/owner.ts';
import { requestStore } from '../lib/requests/request-store.ts';

const settings = readSettings(
  Settings.pick({
    TABLE_NAME: true,
    DATA_BUCKET: true,
    FINISH_QUEUE_URL: true,
    WEBHOOKS_QUEUE_URL: true,
    DEFAULT_OPTIONS: true,
    DEFAULT_WEBHOOK_URL: true,
  }),
);
const table = openTable(settings.TABLE_NAME);
const deps: BuryFileDeps = {
  requests: requestStore(table),
  claims: claimStore(table),
  data: openBucket(settings.DATA_BUCKET),
  finishQueue: openQueue(settings.FINISH_QUEUE_URL),
  webhooksQueue: openQueue(settings.WEBHOOKS_QUEUE_URL),
  rules: readSettings(RuleSettings),
  defaults: { owner: DEFAULT_OWNER, options: settings.DEFAULT_OPTIONS, webhookUrl: settings.DEFAULT_WEBHOOK_URL },
  newId: newRequestId,
  now: () => new Date(),
};

/** Dead letters of the ingest queue: fails the request of a file that could not be taken. */
export const handler = consumer({
  message: IngestTrigger,
  work: async ({ message, arrivals }) => {
    if (message) await buryIngest(message, deps);
    for (const arrival of arrivals) await buryFile(arrival, deps);
  },
});
