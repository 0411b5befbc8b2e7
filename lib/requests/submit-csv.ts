import type { Objects } from '../aws/objects.ts';
import type { Queue } from '../aws/queue.ts';
import type { ImageOptions } from '../images/image-options.ts';
import { claimId } from './claim-id.ts';
import { csvPages } from './csv-pages.ts';
import type { ClaimStore } from './claim-store.ts';
import type { NewId } from './ids.ts';
import { inputObject } from './keys.ts';
import type { IngestMessage } from './messages.ts';
import { newRequest, type RequestRules } from './new-request.ts';
import type { RowError } from './product-record.ts';
import type { Request } from './request.ts';
import { scanCsv } from './scan-csv.ts';
import { sendPages, type SendDeps } from './send-pages.ts';

export type Submission = {
  csv: Uint8Array;
  fileName: string;
  owner: string;
  options: ImageOptions;
  webhookUrl?: string | undefined;
  idempotencyKey?: string | undefined;
};

export type SubmitDeps = SendDeps & {
  claims: ClaimStore;
  data: Objects;
  ingestQueue: Queue<IngestMessage>;
  rules: RequestRules;
  newId: NewId;
};

/** Longer than the function that submits may run: until then it is at work itself. */
const INSURANCE_SECONDS = 60;

/**
 * Accepts a CSV: when this returns, every row is in a message. The insurance message is sent before the request's item
 * is written, so that there is never a request that nothing would go on with. A repeated submission, or two at once, do
 * the same work on the same request. Throws CsvFileError, having left nothing, and Problem `idempotency_key_reused`.
 */
export async function submitCsv(
  submission: Submission,
  deps: SubmitDeps,
): Promise<{ request: Request; firstErrors: RowError[] }> {
  const { csv, fileName, owner, options, webhookUrl } = submission;
  const { totals, plan, firstErrors } = await scanCsv(once(csv), deps.rules.limits);
  const requestId = await claimId(idempotencyOf(submission), deps);
  await deps.data.put(inputObject({ requestId }), csv, { contentType: 'text/csv' });
  await deps.ingestQueue.send({ kind: 'ingest', requestId }, { delaySeconds: INSURANCE_SECONDS });
  const fields = { requestId, owner, source: 'api', fileName, options, webhookUrl, status: 'RECEIVED' } as const;
  const fresh = { ...newRequest(fields, deps.rules, deps.now()), totals, plan };
  const known = (await deps.requests.create(fresh))
    ? undefined
    : await deps.requests.get(requestId, { consistent: true });
  if (known && known.status !== 'RECEIVED') return { request: known, firstErrors };
  const request = known ?? fresh;
  const pages = csvPages(request, { source: once(csv), again: known !== undefined });
  return { request: await sendPages(request, pages, deps), firstErrors };
}

function idempotencyOf({ idempotencyKey, owner, csv, fileName, options, webhookUrl }: Submission) {
  if (idempotencyKey === undefined) return undefined;
  return { key: idempotencyKey, owner, content: [csv, JSON.stringify([fileName, options, webhookUrl])] };
}

// eslint-disable-next-line @typescript-eslint/require-await -- an async source of what is in memory already
async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
