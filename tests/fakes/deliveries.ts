import { buryFinish, buryIngest, buryPage } from '../../lib/requests/bury-messages.ts';
import { compressPage, type PageDeps } from '../../lib/requests/compress-page.ts';
import { finishRequest } from '../../lib/requests/finish-request.ts';
import { handleIngest } from '../../lib/requests/handle-ingest.ts';
import type { FinishMessage, IngestMessage, PageMessage } from '../../lib/requests/messages.ts';
import { RetryLater } from '../../lib/requests/retry-later.ts';
import type { World } from './world.ts';
import { pageDelivery } from './page-delivery.ts';

/** A message of which the deliveries so far did not do the work. */
export type Waiting = { deliver: (attempt: number) => Promise<void>; bury: () => Promise<void>; attempt: number };

/**
 * What the functions behind the queues of a world do with one message each. `imagesMost` says how many images a delivery of
 * a page has the time for.
 */
export function deliveriesOf({ deps, queues }: World, { imagesMost = () => Infinity } = {}) {
  const deliver = {
    ingest: (message: IngestMessage) => handleIngest(message, deps),
    page: (message: PageMessage, attempt = 1) => pressInTime(message, { attempt, most: imagesMost() }, deps),
    finish: (message: FinishMessage) => finishRequest(message, deps),
  };

  /** Takes all messages that were sent out of their queues; webhooks stay. */
  const takeAll = (): Waiting[] => [
    ...queues.ingest.sent.splice(0).map((message) => ({
      deliver: () => deliver.ingest(message),
      bury: () => buryIngest(message, deps),
      attempt: 0,
    })),
    ...queues.pages.sent.splice(0).map((message) => ({
      deliver: (attempt: number) => deliver.page(message, attempt),
      bury: () => buryPage(message, deps),
      attempt: 0,
    })),
    ...queues.finish.sent.splice(0).map((message) => ({
      deliver: () => deliver.finish(message),
      bury: () => buryFinish(message, deps),
      attempt: 0,
    })),
  ];

  return {
    ...deliver,
    takeAll,
    /** Delivers every message and all that follow from them; a page that asks for another try gets it at once. */
    all: async (): Promise<void> => {
      for (let waiting = takeAll(); waiting.length > 0; waiting = takeAll()) {
        for (const one of waiting) while (!(await isDone(one)));
      }
    },
  };
}

function pressInTime(
  message: PageMessage,
  { attempt, most }: { attempt: number; most: number },
  deps: PageDeps,
): Promise<void> {
  const timeUp = new AbortController();
  let left = most;
  const fetchImage: typeof deps.fetchImage = (url, signal) => {
    if (--left < 0) timeUp.abort(new DOMException('The time is up.', 'TimeoutError'));
    return signal.aborted ? Promise.reject(signal.reason as Error) : deps.fetchImage(url, signal);
  };
  return compressPage(message, pageDelivery(attempt, { signal: timeUp.signal }), { ...deps, fetchImage });
}

async function isDone(message: Waiting): Promise<boolean> {
  message.attempt += 1;
  try {
    await message.deliver(message.attempt);
    return true;
  } catch (error) {
    if (error instanceof RetryLater) return false;
    throw error;
  }
}
