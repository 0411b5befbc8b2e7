import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { ProductRecord } from '../../../lib/requests/product-record.ts';
import type { Lane } from './lane.ts';

export type Item = Record<string, unknown>;

/** The request items of this file name, among the newest of a lane. */
export async function requestsNamed(lane: Lane, fileName: string): Promise<Item[]> {
  const newest = await query(lane, {
    IndexName: 'byOwner',
    KeyConditionExpression: 'ownerKey = :owner',
    ExpressionAttributeValues: { ':owner': 'OWNER#default' },
    ScanIndexForward: false,
    Limit: 20,
  });
  return newest.filter((item) => item.fileName === fileName);
}

/** All pages and groups of a request, as they stand in the table. */
export async function itemsOf(lane: Lane, { requestId, groups }: { requestId: string; groups: number }) {
  const partitions = Array.from({ length: groups }, (_, group) =>
    query(lane, {
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': `REQ#${requestId}#G${group}` },
      ConsistentRead: true,
    }),
  );
  const items = (await Promise.all(partitions)).flat();
  const named = (name: string) => items.filter(({ sk }) => String(sk).startsWith(name));
  return { pages: named('PAGE#'), groups: named('GROUP') };
}

async function query({ settings, resources }: Lane, input: Omit<QueryCommandInput, 'TableName'>): Promise<Item[]> {
  const { Items = [] } = await settings.documents.send(new QueryCommand({ TableName: resources.table, ...input }));
  return Items;
}

/** The records of a page item by product, read without the product's own code for that. */
export const recordsIn = (page: Item): [number, ProductRecord][] =>
  Object.entries(page).flatMap(([name, value]): [number, ProductRecord][] =>
    /^r\d+$/.test(name) ? [[Number(name.slice(1)), ProductRecord.parse(value)]] : [],
  );
