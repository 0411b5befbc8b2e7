import { BatchGetCommand, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, expect, test } from 'vitest';
import type { ApiEvent } from '../lib/http/api.ts';
import { lambdaContext, readHttpEvent, useEnvironmentOf } from '../tests/fakes/lambda.ts';
import { imageDone, imageFailed, makeRecord, REQUEST_ID, requestItem } from '../tests/fakes/make-request.ts';
import { mockAws } from '../tests/fakes/mock-aws.ts';

useEnvironmentOf('get-status');
const { handler } = await import('./get-status.ts');
const aws = mockAws();
const call = (event: ApiEvent) => handler(event, lambdaContext());

beforeEach(() => {
  aws.reset();
  aws.table.on(GetCommand).resolves({ Item: requestItem() });
  aws.table.on(BatchGetCommand).resolves({ Responses: { rowpress: [{ imagesCompressed: 1, productsCompleted: 1 }] } });
});

test('answers 200 with counts of the request and of its open groups', async () => {
  const answer = await call(readHttpEvent('get-status'));
  expect(answer).toMatchObject({ statusCode: 200, headers: { 'cache-control': 'private, no-cache' } });
  expect(JSON.parse(answer.body!)).toMatchObject({
    requestId: REQUEST_ID,
    status: 'PROCESSING',
    products: { total: 2, completed: 1, pending: 1 },
    images: { total: 3, compressed: 1, pending: 2 },
    progress: { percent: 33.3 },
  });
  expect(aws.inputs('Get')).toEqual([
    { TableName: 'rowpress', Key: { pk: `REQ#${REQUEST_ID}`, sk: 'REQUEST' }, ConsistentRead: true },
  ]);
  expect(aws.input('BatchGet').RequestItems.rowpress!.Keys).toEqual([{ pk: `REQ#${REQUEST_ID}#G0`, sk: 'GROUP' }]);
});

test('who holds the answer already is told just that, until anything of it is another one', async () => {
  aws.table
    .on(GetCommand)
    .resolves({ Item: requestItem({ status: 'COMPLETED', finishedAt: '2025-10-05T17:59:00.000Z' }) });
  const event = readHttpEvent('get-status');
  const { etag } = (await call(event)).headers!;
  event.headers['if-none-match'] = String(etag);
  expect(await call(event)).toMatchObject({ statusCode: 304, body: '', headers: { etag } });
  aws.table
    .on(GetCommand)
    .resolves({ Item: requestItem({ status: 'COMPLETED', finishedAt: '2025-10-05T17:59:01.000Z' }) });
  expect(await call(event)).toMatchObject({ statusCode: 200 });
});

test('gives settled products when asked for, only the failed ones when asked so', async () => {
  const [r0, r1] = [makeRecord(0, [imageDone()]), makeRecord(1, [imageFailed('timeout')])];
  aws.table.on(QueryCommand).resolves({ Items: [{ page: 0, settled: 2, r0, r1 }] });
  const { items, nextCursor } = JSON.parse((await call(readHttpEvent('get-status.failed-products'))).body!);
  expect(items).toMatchObject([
    { serial_number: '2', status: 'FAILED', images: [{ code: 'timeout', outputUrl: null }] },
  ]);
  expect(nextCursor).toBeNull();
});

test('unknown and foreign requests and what is no id get the same 404', async () => {
  const event = readHttpEvent('get-status');
  aws.table.on(GetCommand).resolves({ Item: requestItem({ owner: 'somebody else' }) });
  const foreign = await call(event);
  aws.table.on(GetCommand).resolves({});
  const unknown = await call(event);
  const noId = await call({ ...event, pathParameters: { requestId: '../../etc' } });
  expect(foreign.statusCode).toBe(404);
  expect(JSON.parse(foreign.body!)).toMatchObject({ code: 'not_found' });
  expect(unknown).toEqual(foreign);
  expect(noId).toEqual(foreign);
});

test('a query that is not understood is refused by its names', async () => {
  const query = { products: 'some', limit: '0', cursor: '-1' };
  const answer = await call({ ...readHttpEvent('get-status'), queryStringParameters: query });
  expect(answer.statusCode).toBe(400);
  expect(JSON.parse(answer.body!)).toMatchObject({
    errors: [{ field: 'products' }, { field: 'cursor' }, { field: 'limit' }],
  });
});
