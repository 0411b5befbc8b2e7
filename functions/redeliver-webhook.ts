import { openQueue } from '../lib/aws/queue.ts';
import { openTable } from '../lib/aws/table.ts';
import { readSettings, Settings } from '../lib/env.ts';
import { api, json, ownerOf } from '../lib/http/api.ts';
import { readRequestId } from '../lib/http/read-query.ts';
import { redeliverWebhook, type RedeliverDeps } from '../lib/requests/redeliver-webhook.ts';
import { requestStore } from '../lib/requests/request-store.ts';

const settings = readSettings(Settings.pick({ TABLE_NAME: true, WEBHOOKS_QUEUE_URL: true }));
const deps: RedeliverDeps = {
  requests: requestStore(openTable(settings.TABLE_NAME)),
  webhooksQueue: openQueue(settings.WEBHOOKS_QUEUE_URL),
  now: () => new Date(),
};

/** POST /api/requests/{requestId}/webhooks/{deliveryId}/redeliver: has the webhook of a request that has ended delivered once more. */
export const handler = api(async (event) => {
  const { requestId, deliveryId = '' } = event.pathParameters ?? {};
  const wish = { requestId: readRequestId(requestId), deliveryId, owner: ownerOf(event) };
  return json(202, await redeliverWebhook(wish, deps));
});
