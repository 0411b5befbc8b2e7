import { openTable } from '../lib/aws/table.ts';
import { readSettings, Settings } from '../lib/env.ts';
import { api, conditionalJson, ownerOf } from '../lib/http/api.ts';
import { ListQuery, readQuery } from '../lib/http/read-query.ts';
import { linksUnder } from '../lib/requests/links.ts';
import { listRequests, type ListDeps } from '../lib/requests/list-requests.ts';
import { pageStore } from '../lib/requests/page-store.ts';
import { requestStore } from '../lib/requests/request-store.ts';

const settings = readSettings(Settings.pick({ TABLE_NAME: true, PUBLIC_API_URL: true }));
const table = openTable(settings.TABLE_NAME);
const deps: ListDeps = {
  requests: requestStore(table),
  pages: pageStore(table),
  links: linksUnder(settings.PUBLIC_API_URL),
  now: () => new Date(),
};

/** GET /api/requests: the caller's requests, newest first. */
export const handler = api(async (event) => {
  const { cursor, limit } = readQuery(ListQuery, event.queryStringParameters);
  return conditionalJson(event, await listRequests({ owner: ownerOf(event), cursor, limit }, deps));
});
