import { openPresigner } from '../lib/aws/presign.ts';
import { openTable } from '../lib/aws/table.ts';
import { readSettings, RuleSettings, Settings } from '../lib/env.ts';
import { api, json, ownerOf } from '../lib/http/api.ts';
import { readIdempotencyKey, readOptions, readUploadBody } from '../lib/http/read-query.ts';
import { bodyOf } from '../lib/http/read-upload.ts';
import { uploadView } from '../lib/requests/accepted-view.ts';
import { claimStore } from '../lib/requests/claim-store.ts';
import { createUpload, type CreateUploadDeps } from '../lib/requests/create-upload.ts';
import { newRequestId } from '../lib/requests/ids.ts';
import { linksUnder } from '../lib/requests/links.ts';
import { requestStore } from '../lib/requests/request-store.ts';

const settings = readSettings(
  Settings.pick({ TABLE_NAME: true, DATA_BUCKET: true, PUBLIC_API_URL: true, DEFAULT_OPTIONS: true }),
);
const table = openTable(settings.TABLE_NAME);
const deps: CreateUploadDeps = {
  requests: requestStore(table),
  claims: claimStore(table),
  presigner: openPresigner(settings.DATA_BUCKET),
  rules: readSettings(RuleSettings),
  newId: newRequestId,
  now: () => new Date(),
};
const links = linksUnder(settings.PUBLIC_API_URL);

/** POST /api/uploads: hands out a form by which a large CSV goes straight to S3. */
export const handler = api(async (event) => {
  const { fileName, fields } = readUploadBody(bodyOf(event).toString('utf8'));
  const asked = readOptions(fields, settings.DEFAULT_OPTIONS);
  const created = await createUpload(
    { fileName, owner: ownerOf(event), idempotencyKey: readIdempotencyKey(event), ...asked },
    deps,
  );
  return json(201, uploadView(created, links));
});
