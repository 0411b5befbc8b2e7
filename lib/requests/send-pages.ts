import type { Queue } from '../aws/queue.ts';
import type { FinishMessage, PageMessage } from './messages.ts';
import { runTotals, type Request } from './request.ts';
import type { RequestStore } from './request-store.ts';
import { finishIfSettled } from './settle-products.ts';

export type SendDeps = {
  requests: RequestStore;
  pagesQueue: Queue<PageMessage>;
  finishQueue: Queue<FinishMessage>;
  now: () => Date;
};

/** Messages that are gathered before they are sent, so that several batches are under way at once. */
const MESSAGES_AT_ONCE = 40;

/**
 * Sends every page of a planned run and seals it; doing it again settles nothing twice. Gives the request as it is then.
 */
export async function sendPages(
  request: Request,
  messages: AsyncIterable<PageMessage>,
  deps: SendDeps,
): Promise<Request> {
  const sent = await sendMessages(messages, deps.pagesQueue);
  checkTotals(request, sent);
  const sealed = await deps.requests.seal(request, { at: deps.now().toISOString() });
  const current = sealed ?? (await deps.requests.get(request.requestId, { consistent: true })) ?? request;
  await finishIfSettled(current, deps.finishQueue);
  return current;
}

/** Sends pages as they come, and gives their number. */
export async function sendMessages(
  messages: AsyncIterable<PageMessage>,
  pagesQueue: Queue<PageMessage>,
): Promise<number> {
  const waiting: PageMessage[] = [];
  let sent = 0;
  for await (const message of messages) {
    waiting.push(message);
    sent += 1;
    if (waiting.length === MESSAGES_AT_ONCE) await pagesQueue.sendAll(waiting.splice(0));
  }
  await pagesQueue.sendAll(waiting);
  return sent;
}

/** The plan and the sending read the same by the same rules; a difference would never end. */
function checkTotals(request: Request, sent: number): void {
  const planned = runTotals(request)?.pages;
  if (planned !== sent) throw new Error(`request ${request.requestId}: ${planned ?? 'no'} pages planned, ${sent} sent`);
}
