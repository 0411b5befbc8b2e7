import { csvPages } from './csv-pages.ts';
import { announce } from './end-request.ts';
import { sendRun, type IngestDeps } from './ingest-csv.ts';
import { groupOf, inputObject } from './keys.ts';
import type { PageMessage } from './messages.ts';
import type { Group } from './page-store.ts';
import { hasEnded, isSettled, type Request } from './request.ts';
import { retryPages } from './retry-pages.ts';
import { sendMessages } from './send-pages.ts';

/**
 * Sends once more whatever a request waits for, as if its messages had been lost: the pages that are not full, the finish
 * or the webhook message. Messages that were not lost after all do their work twice, which changes nothing.
 */
export async function resendRequest(requestId: string, deps: IngestDeps): Promise<void> {
  const request = await deps.requests.get(requestId, { consistent: true });
  if (!request || request.status === 'AWAITING_FILE') return;
  if (hasEnded(request)) await announce(request, deps.webhooksQueue);
  else if (request.status === 'RECEIVED') await sendRun(request, deps);
  else if (isSettled(request)) await deps.finishQueue.send({ requestId, generation: request.generation });
  else await sendMessages(openPages(request, deps), deps.pagesQueue);
}

/** The pages of the current run that are not full, or whose group does not know it yet. */
async function* openPages(request: Request, deps: IngestDeps): AsyncGenerator<PageMessage> {
  let current: { number: number; group: Group | undefined } | undefined;
  for await (const message of await pagesOfRun(request, deps)) {
    const number = groupOf(message.page);
    if (request.fullGroups?.has(number)) continue;
    if (current?.number !== number) current = { number, group: await deps.pages.getGroup(request, number) };
    if (isWaitedFor(message, current.group)) yield message;
  }
}

/** In a group that is full but not counted, any page's message walks up to count it. */
const isWaitedFor = ({ page, pagesInGroup }: PageMessage, group: Group | undefined): boolean =>
  group === undefined || group.fullPages.size === pagesInGroup || !group.fullPages.has(page);

async function pagesOfRun(request: Request, { data, pages }: IngestDeps): Promise<AsyncIterable<PageMessage>> {
  if (request.generation > 1) return retryPages(request, pages);
  return csvPages(request, { source: await data.read(inputObject(request)), again: true });
}
