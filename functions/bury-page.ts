import { openQueue } from '../lib/aws/queue.ts';
import { openTable } from '../lib/aws/table.ts';
import { readSettings, Settings } from '../lib/env.ts';
import { consumer } from '../lib/queue/consumer.ts';
import { buryPage } from '../lib/requests/bury-messages.ts';
import { PageMessage } from '../lib/requests/messages.ts';
import { pageStore } from '../lib/requests/page-store.ts';
import { requestStore } from '../lib/requests/request-store.ts';

const settings = readSettings(Settings.pick({ TABLE_NAME: true, FINISH_QUEUE_URL: true }));
const table = openTable(settings.TABLE_NAME);
const deps = {
  requests: requestStore(table),
  pages: pageStore(table),
  finishQueue: openQueue(settings.FINISH_QUEUE_URL),
};

/** Dead letters of the pages queue: settles what is open of a page as given up. */
export const handler = consumer({ message: PageMessage, work: (message) => buryPage(message, deps) });
