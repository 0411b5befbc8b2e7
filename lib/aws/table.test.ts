import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { openTable } from './table.ts';

const documents = mockClient(DynamoDBDocumentClient);
const table = openTable('rowpress', new DynamoDBClient({ region: 'eu-central-1' }));
const key = { pk: 'REQ#1', sk: 'REQUEST' };
const refused = new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });

beforeEach(() => void documents.reset());

test('an item is read consistently when asked so; a missing one is undefined', async () => {
  documents
    .on(GetCommand)
    .resolvesOnce({ Item: { a: 1 } })
    .resolves({});
  expect(await table.get(key, { consistent: true })).toEqual({ a: 1 });
  expect(await table.get(key)).toBeUndefined();
  expect(documents.commandCalls(GetCommand).map(({ args }) => args[0].input.ConsistentRead)).toEqual([true, false]);
});

describe('a write whose condition does not hold', () => {
  test('is false for a put, undefined for an update', async () => {
    documents.on(PutCommand).rejects(refused).on(UpdateCommand).rejects(refused);
    expect(await table.put({ ...key }, [{ absent: 'pk' }])).toBe(false);
    expect(await table.update(key, { set: { a: 1 }, when: [{ absent: 'a' }] })).toBeUndefined();
  });

  test('is told from trouble, which is thrown', async () => {
    documents.on(PutCommand).rejects(new Error('throttled')).on(UpdateCommand).rejects(new Error('throttled'));
    await expect(table.put({ ...key })).rejects.toThrow('throttled');
    await expect(table.update(key, { set: { a: 1 } })).rejects.toThrow('throttled');
  });
});

test('an update gives the item as it is afterwards', async () => {
  documents.on(UpdateCommand).resolves({ Attributes: { a: 1, b: 2 } });
  expect(await table.update(key, { set: { a: 1 } })).toEqual({ a: 1, b: 2 });
  expect(documents.commandCalls(UpdateCommand)[0]!.args[0].input).toMatchObject({ Key: key, ReturnValues: 'ALL_NEW' });
});

test('a put without conditions says nothing of conditions', async () => {
  documents.on(PutCommand).resolves({});
  expect(await table.put({ ...key, a: 1 })).toBe(true);
  expect(documents.commandCalls(PutCommand)[0]!.args[0].input).toEqual({
    TableName: 'rowpress',
    Item: { ...key, a: 1 },
  });
});

describe('many items', () => {
  const keys = Array.from({ length: 230 }, (_, at) => ({ pk: String(at), sk: 'GROUP' }));

  test('are asked for a hundred at a time', async () => {
    documents.on(BatchGetCommand).callsFake((input) => ({ Responses: { rowpress: input.RequestItems.rowpress.Keys } }));
    expect(await table.getMany(keys)).toEqual(keys);
    const calls = documents.commandCalls(BatchGetCommand);
    expect(calls.map(({ args }) => args[0].input.RequestItems!.rowpress!.Keys!.length)).toEqual([100, 100, 30]);
  });

  test('that were not processed are asked for again', async () => {
    const [first, second] = keys.slice(0, 2) as [object, object];
    documents
      .on(BatchGetCommand)
      .resolvesOnce({ Responses: { rowpress: [first] }, UnprocessedKeys: { rowpress: { Keys: [second] } } })
      .resolves({ Responses: { rowpress: [second] } });
    expect(await table.getMany(keys.slice(0, 2))).toEqual([first, second]);
  });

  test('that are none are no call', async () => {
    expect(await table.getMany([])).toEqual([]);
    expect(documents.calls()).toHaveLength(0);
  });
});

describe('a query', () => {
  const queried = async (query: Parameters<typeof table.query>[0]) => {
    documents.on(QueryCommand).resolves({ Items: [{ a: 1 }], LastEvaluatedKey: { pk: 'x' } });
    const answer = await table.query(query);
    return { answer, input: documents.commandCalls(QueryCommand)[0]!.args[0].input };
  };

  test('of a partition goes on behind a sort key', async () => {
    const { answer, input } = await queried({
      pk: 'REQ#1#G0',
      prefix: 'PAGE#',
      after: 'PAGE#0000007',
      consistent: true,
    });
    expect(answer).toEqual({ items: [{ a: 1 }], more: true });
    expect(input).toMatchObject({
      KeyConditionExpression: '#partition = :partition AND begins_with(#sort, :prefix)',
      ExpressionAttributeNames: { '#partition': 'pk', '#sort': 'sk' },
      ExpressionAttributeValues: { ':partition': 'REQ#1#G0', ':prefix': 'PAGE#' },
      ExclusiveStartKey: { pk: 'REQ#1#G0', sk: 'PAGE#0000007' },
      ScanIndexForward: true,
      ConsistentRead: true,
    });
  });

  test('of an index starts behind the keys of the table and of the index', async () => {
    const index = { name: 'byOwner', partition: ['ownerKey', 'OWNER#a'] as const, sort: 'createdKey', key };
    const { input } = await queried({ index, after: '01', newestFirst: true, limit: 20 });
    expect(input).toMatchObject({
      IndexName: 'byOwner',
      KeyConditionExpression: '#partition = :partition',
      ExclusiveStartKey: { ...key, ownerKey: 'OWNER#a', createdKey: '01' },
      ScanIndexForward: false,
      Limit: 20,
    });
    expect(input.ExpressionAttributeNames).toEqual({ '#partition': 'ownerKey' });
  });

  test('without a start begins at the beginning, and tells when there is no more', async () => {
    documents.on(QueryCommand).resolves({});
    expect(await table.query({ pk: 'REQ#1' })).toEqual({ items: [], more: false });
    expect(documents.commandCalls(QueryCommand)[0]!.args[0].input).not.toHaveProperty('ExclusiveStartKey');
  });
});
