import { openPresigner } from '../lib/aws/presign.ts';
import { openTable } from '../lib/aws/table.ts';
import { readSettings, Settings } from '../lib/env.ts';
import { acceptsType } from '../lib/http/accept.ts';
import { api, json, ownerOf, redirect, type ApiEvent } from '../lib/http/api.ts';
import { ExportQuery, readQuery, readRequestId } from '../lib/http/read-query.ts';
import { exportResults, type ExportDeps } from '../lib/requests/export-results.ts';
import { requestStore } from '../lib/requests/request-store.ts';

const settings = readSettings(Settings.pick({ TABLE_NAME: true, DATA_BUCKET: true }));
const deps: ExportDeps = {
  requests: requestStore(openTable(settings.TABLE_NAME)),
  presigner: openPresigner(settings.DATA_BUCKET),
  now: () => new Date(),
};

/** GET /api/export/{requestId} and GET /api/export?requestId=: redirects to the result CSV, or the failed rows of it. */
export const handler = api(async (event) => {
  const requestId = readRequestId(event.pathParameters?.requestId ?? event.queryStringParameters?.requestId);
  const { rows } = readQuery(ExportQuery, event.queryStringParameters);
  const url = await exportResults({ requestId, owner: ownerOf(event), rows }, deps);
  return wantsAddress(event) ? json(200, { url }) : redirect(url);
});

/** A script that must send a key can't have its browser follow: it takes JSON and no CSV, and goes there without the key. */
const wantsAddress = ({ headers: { accept } }: ApiEvent) =>
  acceptsType(accept, 'application/json') && !acceptsType(accept, 'text/csv');
