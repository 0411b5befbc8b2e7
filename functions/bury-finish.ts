import { openQueue } from '../lib/aws/queue.ts';
import { openTable } from '../lib/aws/table.ts';
import { readSettings, Settings } from '../lib/env.ts';
import { consumer } from '../lib/queue/consumer.ts';
import { buryFinish } from '../lib/requests/bury-messages.ts';
import { FinishMessage } from '../lib/requests/messages.ts';
import { requestStore } from '../lib/requests/request-store.ts';

const settings = readSettings(Settings.pick({ TABLE_NAME: true, WEBHOOKS_QUEUE_URL: true }));
const deps = {
  requests: requestStore(openTable(settings.TABLE_NAME)),
  webhooksQueue: openQueue(settings.WEBHOOKS_QUEUE_URL),
  now: () => new Date(),
};

/** Dead letters of the finish queue: fails the request whose result could not be written. */
export const handler = consumer({ message: FinishMessage, work: (message) => buryFinish(message, deps) });
