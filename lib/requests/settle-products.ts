import type { Queue } from '../aws/queue.ts';
import { groupOf, type Run } from './keys.ts';
import type { FinishMessage } from './messages.ts';
import type { Ending, Page, PageStore } from './page-store.ts';
import { isSettled, type Request } from './request.ts';
import type { RequestStore } from './request-store.ts';

export type SettleDeps = { pages: PageStore; requests: RequestStore; finishQueue: Queue<FinishMessage> };

/** Which page of which run, how many products it has there, and how many pages its group has. */
export type PagePlace = Run & { page: number; expected: number; pagesInGroup: number; expiresAt: number };

/**
 * Settles products of a page, first outcome wins, and walks up the set tree: a full page is counted in its group, a
 * full group in its request, and a request that is full and sealed gets its finish message. Each step is one
 * conditional write that does nothing the second time, so a repeated call mends whatever a crash left between two.
 * Gives the page as it is then; undefined when nothing of it was ever settled or kept.
 */
export async function settleProducts(
  place: PagePlace,
  endings: ReadonlyMap<number, Ending>,
  deps: SettleDeps,
): Promise<Page | undefined> {
  const page = await settleFirst(place, endings, deps.pages);
  if (page !== undefined && page.settled >= place.expected) await walkUp(place, page, deps);
  return page;
}

async function walkUp(place: PagePlace, page: Page, deps: SettleDeps): Promise<void> {
  const group = await countPage(place, page, deps.pages);
  if (group.fullPages.size < place.pagesInGroup) return;
  const counted = await deps.requests.addGroup(place, groupOf(place.page), group.counts);
  const request = counted ?? (await deps.requests.get(place.requestId, { consistent: true }));
  if (request) await finishIfSettled(request, deps.finishQueue);
}

/** The top of the walk; sealing calls it too, for everything may have been settled before. */
export async function finishIfSettled(request: Request, finishQueue: Queue<FinishMessage>): Promise<void> {
  if (request.status !== 'PROCESSING' || !isSettled(request)) return;
  await finishQueue.send({ requestId: request.requestId, generation: request.generation });
}

/** The page after these products were settled, by this call or by an earlier one. */
async function settleFirst(
  place: PagePlace,
  endings: ReadonlyMap<number, Ending>,
  pages: PageStore,
): Promise<Page | undefined> {
  let left = endings;
  for (;;) {
    if (left.size > 0) {
      const settled = await pages.settle(place, place.page, { endings: left, expiresAt: place.expiresAt });
      if (settled) return settled;
    }
    const current = await pages.get(place, place.page);
    const open = new Map([...left].filter(([index]) => !current?.products.has(index)));
    if (open.size === 0) return current;
    left = open;
  }
}

async function countPage(place: PagePlace, { page, counts }: Page, pages: PageStore) {
  const counted = await pages.addFullPage(place, { page, counts, expiresAt: place.expiresAt });
  const current = counted ?? (await pages.getGroup(place, groupOf(page)));
  if (!current) throw new Error(`the group of page ${page} of ${place.requestId} refused it but is not there`);
  return current;
}
