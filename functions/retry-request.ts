import { openQueue } from '../lib/aws/queue.ts';
import { openTable } from '../lib/aws/table.ts';
import { readSettings, Settings } from '../lib/env.ts';
import { api, json, ownerOf } from '../lib/http/api.ts';
import { readRequestId, readRetryBody } from '../lib/http/read-query.ts';
import { bodyOf } from '../lib/http/read-upload.ts';
import { changedView } from '../lib/requests/accepted-view.ts';
import { linksUnder } from '../lib/requests/links.ts';
import { requestStore } from '../lib/requests/request-store.ts';
import { retryRequest, type RetryDeps } from '../lib/requests/retry-request.ts';

const settings = readSettings(Settings.pick({ TABLE_NAME: true, INGEST_QUEUE_URL: true, PUBLIC_API_URL: true }));
const deps: RetryDeps = {
  requests: requestStore(openTable(settings.TABLE_NAME)),
  ingestQueue: openQueue(settings.INGEST_QUEUE_URL),
  now: () => new Date(),
};

/** POST /api/requests/{requestId}/retry: tries the failed images of an ended request again. */
export const handler = api(async (event) => {
  const requestId = readRequestId(event.pathParameters?.requestId);
  const { codes, generation } = readRetryBody(bodyOf(event).toString('utf8'));
  const request = await retryRequest({ requestId, owner: ownerOf(event), codes, generation }, deps);
  return json(202, changedView(request, linksUnder(settings.PUBLIC_API_URL)));
});
