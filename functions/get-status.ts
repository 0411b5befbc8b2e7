import { openTable } from '../lib/aws/table.ts';
import { readSettings, Settings } from '../lib/env.ts';
import { api, conditionalJson, ownerOf } from '../lib/http/api.ts';
import { productFilter, readQuery, readRequestId, StatusQuery } from '../lib/http/read-query.ts';
import { linksUnder } from '../lib/requests/links.ts';
import { pageStore } from '../lib/requests/page-store.ts';
import { requestStatus, type StatusDeps } from '../lib/requests/request-status.ts';
import { requestStore } from '../lib/requests/request-store.ts';

const settings = readSettings(Settings.pick({ TABLE_NAME: true, PUBLIC_API_URL: true }));
const table = openTable(settings.TABLE_NAME);
const deps: StatusDeps = {
  requests: requestStore(table),
  pages: pageStore(table),
  links: linksUnder(settings.PUBLIC_API_URL),
  now: () => new Date(),
};

/** GET /api/status/{requestId}: how far a request has come, and its settled products when asked for. */
export const handler = api(async (event) => {
  const requestId = readRequestId(event.pathParameters?.requestId);
  const products = productFilter(readQuery(StatusQuery, event.queryStringParameters));
  return conditionalJson(event, await requestStatus({ requestId, owner: ownerOf(event), products }, deps));
});
