import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, expect, test } from 'vitest';
import type { ApiEvent } from '../lib/http/api.ts';
import { lambdaContext, readHttpEvent, useEnvironmentOf } from '../tests/fakes/lambda.ts';
import { REQUEST_ID, requestItem } from '../tests/fakes/make-request.ts';
import { mockAws } from '../tests/fakes/mock-aws.ts';

useEnvironmentOf('list-requests');
const { handler } = await import('./list-requests.ts');
const aws = mockAws();
const call = (event: ApiEvent) => handler(event, lambdaContext());

beforeEach(() => {
  aws.reset();
  aws.table.resolves({});
});

test('lists the caller’s requests, newest first, behind the cursor', async () => {
  const items = [requestItem({ status: 'COMPLETED', counts: { productsCompleted: 2, imagesCompressed: 3 } })];
  aws.table.on(QueryCommand).resolves({ Items: items, LastEvaluatedKey: { pk: 'more' } });
  const answer = await call(readHttpEvent('list-requests'));
  expect(answer.statusCode).toBe(200);
  expect(JSON.parse(answer.body!)).toMatchObject({
    requests: [{ requestId: REQUEST_ID, status: 'COMPLETED', products: { completed: 2 } }],
    nextCursor: REQUEST_ID,
  });
  expect(aws.inputs('Query')).toEqual([
    expect.objectContaining({
      IndexName: 'byOwner',
      ExpressionAttributeValues: { ':partition': 'OWNER#default' },
      ScanIndexForward: false,
      Limit: 2,
      ExclusiveStartKey: {
        pk: `REQ#${REQUEST_ID}`,
        sk: 'REQUEST',
        ownerKey: 'OWNER#default',
        createdKey: REQUEST_ID,
      },
    }),
  ]);
});

test('a cursor that is no id is refused', async () => {
  const answer = await call({ ...readHttpEvent('list-requests'), queryStringParameters: { cursor: 'x' } });
  expect(JSON.parse(answer.body!)).toMatchObject({ status: 400, errors: [{ field: 'cursor' }] });
  expect(aws.names()).toEqual([]);
});
