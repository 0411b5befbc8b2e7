import { openCsv } from '../csv/read-products.ts';
import type { PageMessage } from './messages.ts';
import { pageCutter, pagesInGroup, sizeOf } from './paging.ts';
import type { Product } from './product-record.ts';
import type { PagePlan, Request } from './request.ts';
import { rowProduct } from './row-product.ts';

/** The pages of a first run, cut from the request's CSV where its plan says; `again` as in the message. */
export async function* csvPages(
  request: Request,
  { source, again }: { source: AsyncIterable<Uint8Array>; again: boolean },
): AsyncGenerator<PageMessage> {
  const { requestId, generation, totals, plan } = request;
  if (!totals || !plan) throw new Error(`request ${requestId} was not scanned`);
  let page = 0;
  for await (const products of cutPages(request, plan, source)) {
    yield { requestId, generation, page, pagesInGroup: pagesInGroup(page, totals.pages), products, again };
    page += 1;
  }
}

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
