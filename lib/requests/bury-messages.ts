import type { Queue } from '../aws/queue.ts';
import { endPage } from './compress-page.ts';
import { failRequest, type EndDeps } from './end-request.ts';
import type { FinishMessage, PageMessage, WebhookMessage } from './messages.ts';
import { createDropped, isDrop, requestIdOf, type Arrival, type ClaimDeps, type CreateDeps } from './receive-file.ts';
import type { RequestStore } from './request-store.ts';
import { finishIfSettled, type SettleDeps } from './settle-products.ts';

/** A page that failed too often: what is open of it ends as `gave_up`, so that its request can end. */
export async function buryPage(message: PageMessage, deps: SettleDeps): Promise<void> {
  const request = await deps.requests.get(message.requestId, { consistent: true });
  if (request) await endPage({ message, request, code: 'gave_up' }, deps);
}

export type BuryIngestDeps = EndDeps & { finishQueue: Queue<FinishMessage> };

/** An ingest that failed too often: the request ends as FAILED, or goes on when all its pages were sent after all. */
export async function buryIngest(requestId: string, deps: BuryIngestDeps): Promise<void> {
  const request = await deps.requests.get(requestId, { consistent: true });
  if (request) await finishIfSettled(request, deps.finishQueue);
  const failure = { code: 'ingest_failed', message: 'The file could not be processed.' };
  await failRequest(requestId, { from: ['AWAITING_FILE', 'RECEIVED'], ...failure }, deps);
}

export type BuryFileDeps = BuryIngestDeps & ClaimDeps & CreateDeps;

/** The same for a file that came to S3; a dropped one gets its request now, so that its owner sees what became of it. */
export async function buryFile(arrival: Arrival, deps: BuryFileDeps): Promise<void> {
  const requestId = await requestIdOf(arrival, deps);
  if (requestId === undefined) return;
  if (isDrop(arrival)) await createDropped({ arrival, requestId, metadata: {} }, deps);
  await buryIngest(requestId, deps);
}

/** A result that could not be written: the request ends as FAILED; its images and products stay as they are. */
export const buryFinish = ({ requestId }: FinishMessage, deps: EndDeps): Promise<void> =>
  failRequest(
    requestId,
    { from: ['PROCESSING', 'FINISHING'], code: 'result_failed', message: 'The result file could not be written.' },
    deps,
  );

/** A webhook that could not even be tried: the delivery ends as failed and shows so. */
export async function buryWebhook({ requestId, generation }: WebhookMessage, requests: RequestStore): Promise<void> {
  const request = await requests.get(requestId, { consistent: true });
  if (request?.webhookUrl === undefined || request.webhookStatus !== undefined) return;
  await requests.endDelivery(requestId, generation, 'failed');
}
