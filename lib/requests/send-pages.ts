import type { Queue } from '../aws/queue.ts';
import { openCsv } from '../csv/read-products.ts';
import type { FinishMessage, PageMessage } from './messages.ts';
import { pageCutter, pagesInGroup, sizeOf } from './paging.ts';
import type { Product } from './product-record.ts';
import type { PagePlan, Request, Totals } from './request.ts';
import type { RequestStore } from './request-store.ts';
import { finishIfSettled } from './settle-products.ts';
import { rowProduct } from './row-product.ts';

export type SendDeps = {
  requests: RequestStore;
  pagesQueue: Queue<PageMessage>;
  finishQueue: Queue<FinishMessage>;
  now: () => Date;
};

/** Messages that are gathered before they are sent, so that several batches are under way at once. */
const MESSAGES_AT_ONCE = 40;

/**
 * Sends every page of a scanned request and seals it. Doing it again sends the same pages again, which settles nothing
 * twice; `again` then tells their function to look first at what is settled. Gives the request as it is then.
 */
export async function sendPages({ request, source, again }: Sending, deps: SendDeps): Promise<Request> {
  const { requestId, generation, totals, plan } = request;
  if (!totals || !plan) throw new Error(`request ${requestId} was not scanned`);
  const waiting: PageMessage[] = [];
  let page = 0;
  for await (const products of cutPages(request, plan, source)) {
    waiting.push({ requestId, generation, page, pagesInGroup: pagesInGroup(page, totals.pages), products, again });
    page += 1;
    if (waiting.length === MESSAGES_AT_ONCE) await deps.pagesQueue.sendAll(waiting.splice(0));
  }
  await deps.pagesQueue.sendAll(waiting);
  checkTotals(requestId, totals, page);
  const sealed = await deps.requests.seal(requestId, { at: deps.now().toISOString() });
  const current = sealed ?? (await deps.requests.get(requestId, { consistent: true })) ?? request;
  await finishIfSettled(current, deps.finishQueue);
  return current;
}

export type Sending = { request: Request; source: AsyncIterable<Uint8Array>; again: boolean };

async function* cutPages(
  { limits }: Request,
  plan: PagePlan,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Product[]> {
  const beginsPage = pageCutter(plan);
  const csv = await openCsv(source, limits);
  let page: Product[] = [];
  for await (const row of csv.rows) {
    const product = rowProduct(row);
    if (beginsPage(sizeOf(product)) && page.length > 0) {
      yield page;
      page = [];
    }
    page.push(product);
  }
  if (page.length > 0) yield page;
}

/** The scan and the sending read the same file by the same rules; a difference would never end. */
function checkTotals(requestId: string, totals: Totals, pages: number): void {
  if (pages !== totals.pages) throw new Error(`request ${requestId}: ${totals.pages} pages planned, ${pages} sent`);
}
