import { ConditionalCheckFailedException, CreateTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEndpoint, type Endpoint } from './endpoint.ts';

let at: Endpoint;
const TableName = `table-${randomUUID()}`;
const newKey = () => ({ pk: randomUUID(), sk: 'item' });

beforeAll(async () => {
  at = await openEndpoint();
  await at.dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'owner', 'created', 'open'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byOwner',
          KeySchema: [
            { AttributeName: 'owner', KeyType: 'HASH' },
            { AttributeName: 'created', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
        {
          IndexName: 'byOpen',
          KeySchema: [
            { AttributeName: 'open', KeyType: 'HASH' },
            { AttributeName: 'created', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    }),
  );
  await waitUntilTableExists({ client: at.dynamodb, maxWaitTime: 20, minDelay: 1 }, { TableName });
});
afterAll(() => at.stop());

describe('conditional updates', () => {
  const markFull = (key: object, page: number) =>
    at.documents.send(
      new UpdateCommand({
        TableName,
        Key: key,
        UpdateExpression: 'ADD fullPages :page, images :images',
        ConditionExpression: 'NOT contains(fullPages, :number)',
        ExpressionAttributeValues: { ':page': new Set([page]), ':number': page, ':images': 40 },
        ReturnValues: 'ALL_NEW',
      }),
    );

  test('a number joins a set once, and what is counted with it is counted once', async () => {
    const key = newKey();
    await markFull(key, 1);
    const { Attributes } = await markFull(key, 2);
    await expect(markFull(key, 2)).rejects.toThrow(ConditionalCheckFailedException);
    const { Item } = await at.documents.send(new GetCommand({ TableName, Key: key, ConsistentRead: true }));
    expect(Item).toEqual({ ...key, fullPages: new Set([1, 2]), images: 80 });
    expect(Attributes).toEqual(Item);
  });

  test('updates of one item at the same time are all counted', async () => {
    const key = newKey();
    await Promise.all(Array.from({ length: 40 }, (_, page) => markFull(key, page)));
    const { Item } = await at.documents.send(new GetCommand({ TableName, Key: key, ConsistentRead: true }));
    expect(Item).toMatchObject({ images: 1600 });
    expect(Item!.fullPages).toHaveProperty('size', 40);
  });

  test('several attributes are set only if none of them is there', async () => {
    const key = newKey();
    const settle = (rows: string[]) =>
      at.documents.send(
        new UpdateCommand({
          TableName,
          Key: key,
          UpdateExpression: `SET ${rows.map((row) => `${row} = :outcome`).join(', ')} ADD settled :count`,
          ConditionExpression: rows.map((row) => `attribute_not_exists(${row})`).join(' AND '),
          ExpressionAttributeValues: {
            ':outcome': { status: 'COMPLETED', images: [{ bytes: 1 }] },
            ':count': rows.length,
          },
          ReturnValues: 'ALL_NEW',
        }),
      );
    const { Attributes } = await settle(['r0', 'r1']);
    expect(Attributes).toMatchObject({ settled: 2, r1: { status: 'COMPLETED', images: [{ bytes: 1 }] } });
    await expect(settle(['r1', 'r2'])).rejects.toThrow(ConditionalCheckFailedException);
    expect((await settle(['r2'])).Attributes).toMatchObject({ settled: 3 });
  });

  test('if_not_exists keeps the first value, REMOVE takes an attribute away', async () => {
    const key = newKey();
    const update = (time: number) =>
      at.documents.send(
        new UpdateCommand({
          TableName,
          Key: key,
          UpdateExpression: 'SET #first = if_not_exists(#first, :time), #last = :time REMOVE expiresAt',
          ExpressionAttributeNames: { '#first': 'first', '#last': 'last' },
          ExpressionAttributeValues: { ':time': time },
          ReturnValues: 'ALL_NEW',
        }),
      );
    await update(1);
    expect((await update(2)).Attributes).toEqual({ ...key, first: 1, last: 2 });
  });

  test('a status moves only from the states that were named', async () => {
    const key = newKey();
    await at.documents.send(new PutCommand({ TableName, Item: { ...key, status: 'PROCESSING' } }));
    const finish = () =>
      at.documents.send(
        new UpdateCommand({
          TableName,
          Key: key,
          UpdateExpression: 'SET #status = :next',
          ConditionExpression: '#status IN (:a, :b)',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':next': 'FINISHING', ':a': 'RECEIVED', ':b': 'PROCESSING' },
        }),
      );
    await finish();
    await expect(finish()).rejects.toThrow(ConditionalCheckFailedException);
  });

  test('a put on condition makes an item once', async () => {
    const put = (n: number) =>
      at.documents.send(
        new PutCommand({
          TableName,
          Item: { pk: 'once', sk: TableName, n },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
    const outcomes = await Promise.allSettled([put(1), put(2), put(3)]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('reading', () => {
  const pk = randomUUID();
  const owner = randomUUID();
  const pages = Array.from({ length: 25 }, (_, page) => `PAGE#${String(page).padStart(4, '0')}`);

  beforeAll(async () => {
    await Promise.all(
      pages.map((sk, n) =>
        at.documents.send(
          new PutCommand({
            TableName,
            Item: { pk, sk, n, ...(n % 5 === 0 && { owner, created: String(n).padStart(2, '0') }) },
          }),
        ),
      ),
    );
    await at.documents.send(new PutCommand({ TableName, Item: { pk, sk: 'GROUP' } }));
  });

  test('a query goes through all items of a prefix in order, page by page', async () => {
    const found: unknown[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const answer = await at.documents.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':pk': pk, ':prefix': 'PAGE#' },
          Limit: 7,
          ConsistentRead: true,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      for (const item of answer.Items!) found.push(item.sk);
      start = answer.LastEvaluatedKey;
    } while (start);
    expect(found).toEqual(pages);
  });

  test('a query of the index, newest first, finds only items that have its keys', async () => {
    const query = (start?: Record<string, unknown>) =>
      at.documents.send(
        new QueryCommand({
          TableName,
          IndexName: 'byOwner',
          KeyConditionExpression: '#owner = :owner',
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: { ':owner': owner },
          ScanIndexForward: false,
          Limit: 3,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
    const first = await query();
    const second = await query(first.LastEvaluatedKey);
    expect([...first.Items!, ...second.Items!].map((item) => item.n as number)).toEqual([20, 15, 10, 5, 0]);
  });

  test('an item leaves the index with its key', async () => {
    const key = newKey();
    const mine = randomUUID();
    await at.documents.send(new PutCommand({ TableName, Item: { ...key, owner: mine, created: '1' } }));
    await at.documents.send(new UpdateCommand({ TableName, Key: key, UpdateExpression: 'REMOVE created' }));
    const { Items } = await at.documents.send(
      new QueryCommand({
        TableName,
        IndexName: 'byOwner',
        KeyConditionExpression: '#owner = :owner',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':owner': mine },
      }),
    );
    expect(Items).toEqual([]);
  });

  test('a second index, of keys only, is gone through oldest first, also behind an item that has left it', async () => {
    const open = randomUUID();
    const items = ['1', '2', '3', '4'].map((created) => ({ ...newKey(), open, created, owner: open, more: 'x' }));
    for (const Item of items) await at.documents.send(new PutCommand({ TableName, Item }));
    const query = (start?: Record<string, unknown>) =>
      at.documents.send(
        new QueryCommand({
          TableName,
          IndexName: 'byOpen',
          KeyConditionExpression: '#open = :open',
          ExpressionAttributeNames: { '#open': 'open' },
          ExpressionAttributeValues: { ':open': open },
          Limit: 2,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
    const keysOf = ({ pk, sk, created }: { pk: string; sk: string; created: string }) => ({ pk, sk, created, open });
    const first = await query();
    expect(first.Items).toEqual(items.slice(0, 2).map(keysOf));
    const { pk, sk } = items[1]!;
    await at.documents.send(
      new UpdateCommand({
        TableName,
        Key: { pk, sk },
        UpdateExpression: 'REMOVE #open',
        ExpressionAttributeNames: { '#open': 'open' },
      }),
    );
    expect((await query(first.LastEvaluatedKey)).Items).toEqual(items.slice(2).map(keysOf));
    expect((await query()).Items).toEqual([items[0]!, items[2]!].map(keysOf));
  });

  test('a batch of keys answers the items that exist', async () => {
    const { Responses } = await at.documents.send(
      new BatchGetCommand({
        RequestItems: {
          [TableName]: {
            Keys: [
              { pk, sk: pages[3]! },
              { pk, sk: 'missing' },
              { pk, sk: pages[9]! },
            ],
          },
        },
      }),
    );
    expect(new Set(Responses![TableName]!.map((item) => item.n as number))).toEqual(new Set([3, 9]));
  });

  test('an item of 390 kB is stored whole and one over 400 kB is refused', async () => {
    const key = newKey();
    const text = 'x'.repeat(390_000);
    await at.documents.send(new PutCommand({ TableName, Item: { ...key, text } }));
    expect((await at.documents.send(new GetCommand({ TableName, Key: key }))).Item).toEqual({ ...key, text });
    const tooLarge = at.documents.send(new PutCommand({ TableName, Item: { ...key, text: 'x'.repeat(410_000) } }));
    await expect(tooLarge).rejects.toThrow('size');
  });
});
