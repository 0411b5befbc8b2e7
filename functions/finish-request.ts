import { objectWriters } from '../lib/aws/object-writer.ts';
import { openBucket } from '../lib/aws/objects.ts';
import { openQueue } from '../lib/aws/queue.ts';
import { openTable } from '../lib/aws/table.ts';
import { readSettings, Settings } from '../lib/env.ts';
import { consumer } from '../lib/queue/consumer.ts';
import { finishRequest, type FinishDeps } from '../lib/requests/finish-request.ts';
import { FinishMessage } from '../lib/requests/messages.ts';
import { pageStore } from '../lib/requests/page-store.ts';
import { requestStore } from '../lib/requests/request-store.ts';

const settings = readSettings(
  Settings.pick({
    TABLE_NAME: true,
    DATA_BUCKET: true,
    IMAGES_BUCKET: true,
    FINISH_QUEUE_URL: true,
    WEBHOOKS_QUEUE_URL: true,
  }),
);
const table = openTable(settings.TABLE_NAME);
const finishQueue = openQueue<FinishMessage>(settings.FINISH_QUEUE_URL);
const deps: FinishDeps = {
  requests: requestStore(table),
  pages: pageStore(table),
  data: openBucket(settings.DATA_BUCKET),
  images: openBucket(settings.IMAGES_BUCKET),
  openWriter: objectWriters(settings.DATA_BUCKET),
  finishQueue,
  webhooksQueue: openQueue(settings.WEBHOOKS_QUEUE_URL),
  now: () => new Date(),
};

/** The finish queue: writes the result files of a settled request and ends it; some time later it sweeps up behind it. */
export const handler = consumer({
  message: FinishMessage,
  queue: finishQueue,
  work: (message) => finishRequest(message, deps),
});
