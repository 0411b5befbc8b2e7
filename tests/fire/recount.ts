import assert from 'node:assert/strict';
import type { Item } from '../../lib/aws/table.ts';
import { countsOf, sumCounts, type Counts } from '../../lib/requests/counts.ts';
import { countRecord, ProductRecord } from '../../lib/requests/product-record.ts';
import type { MemoryAws } from '../fakes/aws/memory-aws.ts';

/** What a request's item counts, what its pages' records add up to, and these records by the product's place. */
export function recount(aws: MemoryAws, requestId: string) {
  const items = [...aws.dynamodb.table.items.values()].filter((item) => String(item.pk).startsWith(`REQ#${requestId}`));
  const request = items.find(({ sk }) => sk === 'REQUEST') ?? {};
  const pages = items.filter(({ sk }) => String(sk).startsWith('PAGE#')).sort(bySortKey);
  const records = new Map<number, ProductRecord>();
  for (const page of pages) {
    for (const [index, record] of recordsIn(page)) {
      // A later run's record takes the place of an earlier one's; within a run nothing stands twice.
      assert.ok(isRetry(page) || !records.has(index), `product ${index} stands on two pages`);
      records.set(index, record);
    }
  }
  const counts: { counted: Counts; recounted: Counts } = {
    counted: countsOf(request),
    recounted: sumCounts([...records.values()].map(countRecord)),
  };
  return { counts, records: records as ReadonlyMap<number, ProductRecord> };
}

const bySortKey = (a: Item, b: Item) => (String(a.sk) < String(b.sk) ? -1 : 1);

const isRetry = ({ sk }: Item) => String(sk).split('#').length > 2;

function recordsIn(page: Item): [number, ProductRecord][] {
  return Object.entries(page).flatMap(([name, value]): [number, ProductRecord][] => {
    const index = /^r(\d+)$/.exec(name)?.[1];
    return index === undefined ? [] : [[Number(index), ProductRecord.parse(value)]];
  });
}
