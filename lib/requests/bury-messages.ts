import { ObjectMissing, type Objects } from '../aws/objects.ts';
import type { Queue } from '../aws/queue.ts';
import { endPage, sweepBehind } from './compress-page.ts';
import { failRequest, type EndDeps } from './end-request.ts';
import type { FinishMessage, IngestMessage, PageMessage, WebhookMessage } from './messages.ts';
import { keptUntil, type RequestRules } from './new-request.ts';
import { openDelivery } from './open-delivery.ts';
import {
  createDropped,
  isDrop,
  requestIdOf,
  unquoted,
  type Arrival,
  type ClaimDeps,
  type CreateDeps,
} from './receive-file.ts';
import type { RequestStore } from './request-store.ts';
import { finishIfSettled, type SettleDeps } from './settle-products.ts';
import { promiseSweep } from './sweep-images.ts';

/** A page that failed too often: what is open of it ends as `gave_up`, so that its request can end. */
export async function buryPage(message: PageMessage, deps: SettleDeps): Promise<void> {
  const request = await deps.requests.get(message.requestId, { consistent: true });
  if (request?.generation !== message.generation) return;
  await endPage({ message, request, code: 'gave_up' }, deps);
  await sweepBehind(message, request, deps);
}

export type BuryDeps = EndDeps & { finishQueue: Queue<FinishMessage> };
export type BuryIngestDeps = BuryDeps & { rules: Pick<RequestRules, 'ttlDays'> };

/** A run that could not be begun: it ends as FAILED, or goes on when all its pages were sent after all. */
export async function buryIngest(message: IngestMessage, deps: BuryIngestDeps): Promise<void> {
  const { requestId, kind } = message;
  // What was to be sent once more was promised by another message before.
  if (kind === 'resend') return;
  const request = await deps.requests.get(requestId, { consistent: true });
  if (request) await finishIfSettled(request, deps.finishQueue);
  const run = { requestId, generation: kind === 'ingest' ? 1 : message.generation };
  // What only waited for its file was to be kept for a day; the end of it is kept as long as any.
  const failure = kind === 'ingest' ? { ...INGEST_FAILED, expiresAt: keptUntil(deps.now(), deps.rules) } : RETRY_FAILED;
  const ended = await failRequest(run, failure, deps);
  if (ended) await promiseSweep(run, deps.finishQueue);
}

const INGEST_FAILED = {
  from: ['AWAITING_FILE', 'RECEIVED'],
  code: 'ingest_failed',
  message: 'The file could not be processed.',
} as const;
const RETRY_FAILED = {
  from: ['RECEIVED'],
  code: 'retry_failed',
  message: 'The retry could not be begun; the results from before it stand.',
} as const;

export type BuryFileDeps = BuryDeps & ClaimDeps & CreateDeps & { data: Objects };

/** The same for a file that came to S3; a dropped one gets its request now, so that its owner sees what became of it. */
export async function buryFile(arrival: Arrival, deps: BuryFileDeps): Promise<void> {
  const requestId = await requestIdOf(arrival, deps);
  if (requestId === undefined) return;
  if (isDrop(arrival)) {
    await createDropped({ arrival, requestId, metadata: await metadataOf(arrival, deps.data) }, deps);
  }
  await buryIngest({ kind: 'ingest', requestId }, deps);
}

/** What the file's owner asked for; nothing, when the object is gone or is another one by now. */
async function metadataOf({ key, eTag }: Arrival, data: Objects): Promise<Record<string, string>> {
  try {
    const head = await data.head(key);
    return unquoted(head.eTag) === unquoted(eTag) ? head.metadata : {};
  } catch (error) {
    if (error instanceof ObjectMissing) return {};
    throw error;
  }
}

/** A result that could not be written: the request ends as FAILED; its images and products stay as they are. */
export async function buryFinish({ sweep, ...run }: FinishMessage, deps: BuryDeps): Promise<void> {
  // What nobody names does no harm.
  if (sweep) return;
  const ended = await failRequest(run, RESULT_FAILED, deps);
  if (ended) await promiseSweep(run, deps.finishQueue);
}

const RESULT_FAILED = {
  from: ['PROCESSING', 'FINISHING'],
  code: 'result_failed',
  message: 'The result file could not be written.',
} as const;

/** A webhook that could not be delivered, for trouble of our own: its delivery ends, as the log of its attempts has it. */
export async function buryWebhook(message: WebhookMessage, requests: RequestStore): Promise<void> {
  const delivery = await openDelivery(message, requests);
  if (delivery) await requests.endDelivery(delivery.request, delivery.ending ?? 'failed');
}
