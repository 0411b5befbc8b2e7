import { buryFinish, buryIngest, buryPage } from '../../lib/requests/bury-messages.ts';
import { compressPage } from '../../lib/requests/compress-page.ts';
import { finishRequest } from '../../lib/requests/finish-request.ts';
import { handleIngest } from '../../lib/requests/handle-ingest.ts';
import type { FinishMessage, IngestMessage, PageMessage } from '../../lib/requests/messages.ts';
import { RetryLater } from '../../lib/requests/retry-later.ts';
import type { World } from './world.ts';

/** A message of which the deliveries so far did not do the work. */
export type Waiting = { deliver: (attempt: number) => Promise<void>; bury: () => Promise<void>; attempt: number };

/** What the functions behind the queues of a world do with one message each. */
export function deliveriesOf({ deps, queues }: World) {
  const { signal } = new AbortController();
  const deliver = {
    ingest: (message: IngestMessage) => handleIngest(message, deps),
    page: (message: PageMessage, attempt = 1) => compressPage(message, { attempt, signal }, deps),
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
