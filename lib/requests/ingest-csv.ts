import type { Objects } from '../aws/objects.ts';
import { CsvFileError } from '../csv/csv-error.ts';
import { csvPages } from './csv-pages.ts';
import { announce, failRequest, type EndDeps } from './end-request.ts';
import { inputObject } from './keys.ts';
import type { PageStore } from './page-store.ts';
import { hasEnded, type Request } from './request.ts';
import type { RequestStore } from './request-store.ts';
import { planRetry, retryPages } from './retry-pages.ts';
import { scanCsv } from './scan-csv.ts';
import { sendPages, type SendDeps } from './send-pages.ts';
import { finishIfSettled } from './settle-products.ts';

export type IngestDeps = SendDeps & EndDeps & { data: Objects; pages: PageStore };

/**
 * Does whatever is left of the ingest of a request's current run. Can be called at any time, also twice at once: what is
 * done already is not done again. A file that can't be used ends the request as FAILED.
 */
export async function ingestCsv(requestId: string, deps: IngestDeps): Promise<void> {
  const request = await deps.requests.get(requestId, { consistent: true });
  // Without an item nobody was promised anything: the submission died before it answered.
  if (!request) return;
  if (hasEnded(request)) await announce(request, deps.webhooksQueue);
  else if (request.status === 'RECEIVED') await sendRun(request, deps);
  else await finishIfSettled(request, deps.finishQueue);
}

/** Plans a run, sends its pages and seals it, as far as that is not done. */
export async function sendRun(request: Request, deps: IngestDeps): Promise<void> {
  if (request.generation > 1) await planAndSend(request, deps);
  else await scanAndSend(request, deps);
}

async function scanAndSend(request: Request, deps: IngestDeps): Promise<void> {
  const read = () => deps.data.read(inputObject(request));
  try {
    const scanned = await scanOnce(request, read, deps);
    if (!scanned) return;
    const pages = csvPages(scanned, { source: await read(), again: request.totals !== undefined });
    await sendPages(scanned, pages, deps);
  } catch (error) {
    if (!(error instanceof CsvFileError)) throw error;
    await failRequest(request, { from: ['RECEIVED'], code: error.code, message: error.message }, deps);
  }
}

/** Undefined when the request has gone on or was given up meanwhile: then no page of it may be sent. */
async function scanOnce(
  request: Request,
  read: () => Promise<AsyncIterable<Uint8Array>>,
  { requests }: IngestDeps,
): Promise<Request | undefined> {
  if (request.totals && request.plan) return request;
  const { totals, plan } = await scanCsv(await read(), request.limits);
  const planned = await requests.plan(request.requestId, { totals, plan });
  return planned ?? (await stillReceived(request, requests));
}

async function planAndSend(request: Request, deps: IngestDeps): Promise<void> {
  const planned = request.retryTotals ? request : await planOnce(request, deps);
  if (planned) await sendPages(planned, retryPages(planned, deps.pages), deps);
}

/** Undefined when this run has gone on meanwhile. */
async function planOnce(request: Request, { requests, pages }: IngestDeps): Promise<Request | undefined> {
  const planned = await requests.planRetry(request, await planRetry(request, pages));
  return planned ?? (await stillReceived(request, requests));
}

async function stillReceived({ requestId, generation }: Request, requests: RequestStore): Promise<Request | undefined> {
  const current = await requests.get(requestId, { consistent: true });
  return current?.generation === generation && current.status === 'RECEIVED' ? current : undefined;
}
