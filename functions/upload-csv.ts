import { openBucket } from '../lib/aws/objects.ts';
import { openQueue } from '../lib/aws/queue.ts';
import { openTable } from '../lib/aws/table.ts';
import { readSettings, RuleSettings, Settings } from '../lib/env.ts';
import { api, json, ownerOf } from '../lib/http/api.ts';
import { readIdempotencyKey, readOptions } from '../lib/http/read-query.ts';
import { readUpload } from '../lib/http/read-upload.ts';
import { acceptedView } from '../lib/requests/accepted-view.ts';
import { claimStore } from '../lib/requests/claim-store.ts';
import { newRequestId } from '../lib/requests/ids.ts';
import { linksUnder } from '../lib/requests/links.ts';
import { requestStore } from '../lib/requests/request-store.ts';
import { submitCsv, type SubmitDeps } from '../lib/requests/submit-csv.ts';

const settings = readSettings(
  Settings.pick({
    TABLE_NAME: true,
    DATA_BUCKET: true,
    INGEST_QUEUE_URL: true,
    PAGES_QUEUE_URL: true,
    FINISH_QUEUE_URL: true,
    PUBLIC_API_URL: true,
    DEFAULT_OPTIONS: true,
  }),
);
const table = openTable(settings.TABLE_NAME);
const deps: SubmitDeps = {
  requests: requestStore(table),
  claims: claimStore(table),
  data: openBucket(settings.DATA_BUCKET),
  ingestQueue: openQueue(settings.INGEST_QUEUE_URL),
  pagesQueue: openQueue(settings.PAGES_QUEUE_URL),
  finishQueue: openQueue(settings.FINISH_QUEUE_URL),
  rules: readSettings(RuleSettings),
  newId: newRequestId,
  now: () => new Date(),
};
const links = linksUnder(settings.PUBLIC_API_URL);

/** POST /api/upload: takes a CSV; answers when every row of it is in a message. */
export const handler = api(async (event) => {
  const { csv, fileName, fields } = await readUpload(event);
  const asked = readOptions(fields, settings.DEFAULT_OPTIONS);
  const submitted = await submitCsv(
    { csv, fileName, owner: ownerOf(event), idempotencyKey: readIdempotencyKey(event), ...asked },
    deps,
  );
  return json(202, acceptedView(submitted, links));
});
