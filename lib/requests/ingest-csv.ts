import type { Objects } from '../aws/objects.ts';
import { CsvFileError } from '../csv/csv-error.ts';
import { announce, failRequest, type EndDeps } from './end-request.ts';
import { inputObject } from './keys.ts';
import { hasEnded, type Request } from './request.ts';
import { scanCsv } from './scan-csv.ts';
import { sendPages, type SendDeps } from './send-pages.ts';
import { finishIfSettled } from './settle-products.ts';

export type IngestDeps = SendDeps & EndDeps & { data: Objects };

/**
 * Does whatever is left of a request's ingest, from the copy of its CSV. Can be called at any time, also twice at once:
 * what is done already is not done again. A file that can't be used ends the request as FAILED.
 */
export async function ingestCsv(requestId: string, deps: IngestDeps): Promise<void> {
  const request = await deps.requests.get(requestId, { consistent: true });
  // Without an item nobody was promised anything: the submission died before it answered.
  if (!request) return;
  if (hasEnded(request)) await announce(request, deps.webhooksQueue);
  else if (request.sealed === true) await finishIfSettled(request, deps.finishQueue);
  else if (request.status === 'RECEIVED') await ingest(request, deps);
}

async function ingest(request: Request, deps: IngestDeps): Promise<void> {
  const read = () => deps.data.read(inputObject(request.requestId));
  try {
    const scanned = await scanOnce(request, read, deps);
    await sendPages({ request: scanned, source: await read(), again: request.totals !== undefined }, deps);
  } catch (error) {
    if (!(error instanceof CsvFileError)) throw error;
    const refusal = { from: ['RECEIVED'], code: error.code, message: error.message } as const;
    await failRequest(request.requestId, refusal, deps);
  }
}

async function scanOnce(request: Request, read: () => Promise<AsyncIterable<Uint8Array>>, deps: IngestDeps) {
  if (request.totals && request.plan) return request;
  const { totals, plan } = await scanCsv(await read(), request.limits);
  const planned = await deps.requests.plan(request.requestId, { totals, plan });
  return planned ?? { ...request, totals, plan };
}
