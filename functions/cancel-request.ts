import { openQueue } from '../lib/aws/queue.ts';
import { openTable } from '../lib/aws/table.ts';
import { readSettings, Settings } from '../lib/env.ts';
import { api, json, ownerOf } from '../lib/http/api.ts';
import { readRequestId } from '../lib/http/read-query.ts';
import { changedView } from '../lib/requests/accepted-view.ts';
import { cancelRequest, type CancelDeps } from '../lib/requests/cancel-request.ts';
import { linksUnder } from '../lib/requests/links.ts';
import { requestStore } from '../lib/requests/request-store.ts';

const settings = readSettings(
  Settings.pick({
    TABLE_NAME: true,
    INGEST_QUEUE_URL: true,
    WEBHOOKS_QUEUE_URL: true,
    PUBLIC_API_URL: true,
    REQUEST_TTL_DAYS: true,
  }),
);
const deps: CancelDeps = {
  requests: requestStore(openTable(settings.TABLE_NAME)),
  ingestQueue: openQueue(settings.INGEST_QUEUE_URL),
  webhooksQueue: openQueue(settings.WEBHOOKS_QUEUE_URL),
  rules: { ttlDays: settings.REQUEST_TTL_DAYS },
  now: () => new Date(),
};

/** POST /api/requests/{requestId}/cancel: finishes what has begun and ends the rest as cancelled. */
export const handler = api(async (event) => {
  const requestId = readRequestId(event.pathParameters?.requestId);
  const request = await cancelRequest({ requestId, owner: ownerOf(event) }, deps);
  return json(202, changedView(request, linksUnder(settings.PUBLIC_API_URL)));
});
