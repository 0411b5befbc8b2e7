import { sumCounts, type Counts } from '../../../lib/requests/counts.ts';
import { pageStore } from '../../../lib/requests/page-store.ts';
import { countRecord, type ProductRecord } from '../../../lib/requests/product-record.ts';
import { requestStore } from '../../../lib/requests/request-store.ts';
import type { Request } from '../../../lib/requests/request.ts';
import type { Deployment } from './deployment.ts';

export type Recounted = { request: Request; records: ProductRecord[]; recounted: Counts };

/** A request as its item tells it, all its products as their latest run left them, and what these add up to. */
export async function recount({ table }: Deployment, requestId: string): Promise<Recounted> {
  const request = await requestStore(table).get(requestId, { consistent: true });
  if (!request) throw new Error(`there is no request ${requestId}`);
  const records = new Map<number, ProductRecord>();
  const range = { first: 0, groups: request.totals?.groups ?? 0, consistent: true };
  for await (const { products } of pageStore(table).from(requestId, range)) {
    for (const [index, record] of products) records.set(index, record);
  }
  return { request, records: [...records.values()], recounted: sumCounts([...records.values()].map(countRecord)) };
}

/** The keys in the images bucket that these records name. */
export const namedBy = ({ imageBaseUrl }: Deployment, records: readonly ProductRecord[]): string[] =>
  records
    .flatMap((record) => record.output_urls)
    .filter((url) => url !== '')
    .map((url) => url.slice(imageBaseUrl.length + 1))
    .toSorted();

export async function keysOf(bucket: Deployment['images']): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of bucket.list('')) keys.push(key);
  return keys;
}
