import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { setTimeout as wait } from 'node:timers/promises';
import { toConditionExpression, toExpression, type Condition, type Update } from './expression.ts';

export type Key = { pk: string; sk: string };
export type Item = Record<string, unknown>;

/** What the product asks of a table; tests hand in one that lives in memory. */
export type Table = {
  get(key: Key, options?: { consistent?: boolean }): Promise<Item | undefined>;
  /** Items in any order; missing keys are left out. Not consistent: for showing, not for deciding. */
  getMany(keys: readonly Key[]): Promise<Item[]>;
  /** False when a condition did not hold. */
  put(item: Key & Item, when?: readonly Condition[]): Promise<boolean>;
  /** The item as it is after the update; undefined when a condition did not hold. */
  update(key: Key, update: Update): Promise<Item | undefined>;
  query(query: Query): Promise<{ items: Item[]; more: boolean }>;
};

export type Query = {
  index?: { name: string; partition: readonly [name: string, value: string]; sort: string; key?: Key };
  pk?: string;
  /** Only sort keys that begin so. */
  prefix?: string;
  /** Only sort keys behind this one (before it, when newest first). */
  after?: string;
  newestFirst?: boolean;
  limit?: number;
  consistent?: boolean;
};

const BATCH_GET_MOST = 100;

/** A table of DynamoDB with a string partition key `pk` and a string sort key `sk`. */
export function openTable(tableName: string, client = new DynamoDBClient({})): Table {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return {
    async get(key, { consistent = false } = {}) {
      const answer = await documents.send(
        new GetCommand({ TableName: tableName, Key: key, ConsistentRead: consistent }),
      );
      return answer.Item;
    },

    async getMany(keys) {
      const items: Item[] = [];
      for (let at = 0; at < keys.length; at += BATCH_GET_MOST) {
        items.push(...(await getBatch(documents, tableName, keys.slice(at, at + BATCH_GET_MOST))));
      }
      return items;
    },

    put: (item, when = []) =>
      unlessRefused(async () => {
        const condition = when.length > 0 ? toConditionExpression(when) : {};
        await documents.send(new PutCommand({ TableName: tableName, Item: item, ...condition }));
        return true;
      }, false),

    update: (key, update) =>
      unlessRefused(async () => {
        const answer = await documents.send(
          new UpdateCommand({ TableName: tableName, Key: key, ReturnValues: 'ALL_NEW', ...toExpression(update) }),
        );
        return answer.Attributes;
      }, undefined),

    async query(query) {
      const answer = await documents.send(new QueryCommand({ TableName: tableName, ...toQuery(query) }));
      return { items: answer.Items ?? [], more: answer.LastEvaluatedKey !== undefined };
    },
  };
}

async function getBatch(documents: DynamoDBDocumentClient, tableName: string, keys: readonly Key[]): Promise<Item[]> {
  const items: Item[] = [];
  let left: Record<string, unknown>[] = [...keys];
  for (let round = 0; left.length > 0; round++) {
    if (round > 0) await wait(50 * 2 ** Math.min(round, 6));
    const answer = await documents.send(new BatchGetCommand({ RequestItems: { [tableName]: { Keys: left } } }));
    items.push(...(answer.Responses?.[tableName] ?? []));
    left = answer.UnprocessedKeys?.[tableName]?.Keys ?? [];
  }
  return items;
}

async function unlessRefused<T>(write: () => Promise<T>, refused: T): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return refused;
    throw error;
  }
}

function toQuery(query: Query) {
  const own: readonly [string, string | undefined] = ['pk', query.pk];
  const [partition, value] = query.index?.partition ?? own;
  const sort = query.index?.sort ?? 'sk';
  const { after } = query;
  return {
    IndexName: query.index?.name,
    ...keyCondition({ partition, value, sort, prefix: query.prefix }),
    ...(after !== undefined && { ExclusiveStartKey: { ...query.index?.key, [partition]: value, [sort]: after } }),
    ScanIndexForward: query.newestFirst !== true,
    Limit: query.limit,
    ConsistentRead: query.consistent,
  };
}

type Range = { partition: string; value: string | undefined; sort: string; prefix: string | undefined };

function keyCondition({ partition, value, sort, prefix }: Range) {
  const names: Record<string, string> = { '#partition': partition };
  const values: Item = { ':partition': value };
  if (prefix !== undefined) {
    names['#sort'] = sort;
    values[':prefix'] = prefix;
  }
  const range = prefix === undefined ? '' : ' AND begins_with(#sort, :prefix)';
  return {
    KeyConditionExpression: `#partition = :partition${range}`,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}
