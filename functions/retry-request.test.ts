import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, expect, test } from 'vitest';
import type { ApiEvent } from '../lib/http/api.ts';
import { ChangedView } from '../lib/requests/accepted-view.ts';
import { lambdaContext, readHttpEvent, SETTINGS, useEnvironmentOf } from '../tests/fakes/lambda.ts';
import { REQUEST_ID, requestItem } from '../tests/fakes/make-request.ts';
import { awsTrouble, mockAws, spelledOut } from '../tests/fakes/mock-aws.ts';

useEnvironmentOf('retry-request');
const { handler } = await import('./retry-request.ts');
const aws = mockAws();
const call = (event: ApiEvent) => handler(event, lambdaContext());
const bodyOf = async (event: ApiEvent): Promise<unknown> => JSON.parse((await call(event)).body!);

const counts = { imagesFailed: 2, error_timeout: 2 };
const ended = requestItem({ status: 'COMPLETED_WITH_ERRORS', counts });
const reopened = (codes?: string[]) =>
  requestItem({
    ...{ status: 'RECEIVED', generation: 2, counts, resultGeneration: 1 },
    retry: { at: '2025-10-05T18:00:00.000Z', ...(codes && { codes }) },
  });

beforeEach(() => {
  aws.reset();
  aws.sqs.resolves({});
  aws.table.on(GetCommand).resolves({ Item: ended });
  aws.table.on(UpdateCommand).resolves({ Attributes: reopened() });
});

test('leaves the message first, then opens the run, and answers 202', async () => {
  const answer = await call(readHttpEvent('retry-request'));
  expect(answer.statusCode).toBe(202);
  const view: unknown = JSON.parse(answer.body!);
  expect(ChangedView.strict().parse(view)).toEqual(view);
  expect(view).toEqual({
    requestId: REQUEST_ID,
    status: 'RECEIVED',
    generation: 2,
    statusUrl: `${SETTINGS.PUBLIC_API_URL}/api/status/${REQUEST_ID}`,
    exportUrl: `${SETTINGS.PUBLIC_API_URL}/api/export/${REQUEST_ID}`,
  });
  expect(aws.names()).toEqual(['Get', 'SendMessage', 'Update']);
  expect(aws.input('SendMessage')).toMatchObject({
    QueueUrl: SETTINGS.INGEST_QUEUE_URL,
    MessageBody: `{"kind":"retry","requestId":"${REQUEST_ID}","generation":2}`,
  });
});

test('the write is one, and holds only for an ended request of the run before', async () => {
  await call(readHttpEvent('retry-request'));
  const open = aws.input('Update');
  expect(spelledOut(open, 'ConditionExpression')).toBe(
    'status IN ("COMPLETED", "COMPLETED_WITH_ERRORS", "FAILED", "CANCELLED") AND generation = 1 AND ' +
      'attribute_exists(sealedGeneration)',
  );
  expect(spelledOut(open, 'UpdateExpression')).toMatch(
    /^SET status = "RECEIVED", generation = 2, retry = \{"at":"[^"]*"\}.* REMOVE .*fullGroups.*webhookStatus/,
  );
});

test('codes and the run that is meant are read from the body', async () => {
  aws.table.on(UpdateCommand).resolves({ Attributes: reopened(['connect_error', 'timeout']) });
  expect((await call(readHttpEvent('retry-request.by-code'))).statusCode).toBe(202);
  expect(JSON.parse(aws.input('SendMessage').MessageBody)).toMatchObject({ codes: ['connect_error', 'timeout'] });
  expect(spelledOut(aws.input('Update'), 'UpdateExpression')).toContain('"codes":["connect_error","timeout"]');
});

test('repeated for the same run it answers as before and does nothing', async () => {
  aws.table.on(GetCommand).resolves({ Item: reopened() });
  expect(await bodyOf(readHttpEvent('retry-request.by-code'))).toMatchObject({ status: 'RECEIVED', generation: 2 });
  expect(aws.names()).toEqual(['Get']);
});

test.each([
  ['is under way', requestItem({ counts }), 'not_finished'],
  ['has no failed image', requestItem({ status: 'COMPLETED' }), 'nothing_to_retry'],
  ['never had a product', requestItem({ status: 'FAILED', sealedGeneration: undefined }), 'no_result'],
])('a request that %s is refused by 409', async (_name, Item, code) => {
  aws.table.on(GetCommand).resolves({ Item });
  expect(await bodyOf(readHttpEvent('retry-request'))).toMatchObject({ status: 409, code });
  expect(aws.names()).toEqual(['Get']);
});

test('another call that was quicker with another wish is told of by 409', async () => {
  aws.table.on(UpdateCommand).rejects(new ConditionalCheckFailedException({ message: '', $metadata: {} }));
  aws.table
    .on(GetCommand)
    .resolvesOnce({ Item: ended })
    .resolves({ Item: reopened(['forbidden']) });
  expect(await bodyOf(readHttpEvent('retry-request'))).toMatchObject({ status: 409, code: 'not_finished' });
});

test('unknown and foreign requests and what is no id get the same 404', async () => {
  const event = readHttpEvent('retry-request');
  aws.table.on(GetCommand).resolves({ Item: requestItem({ status: 'COMPLETED', owner: 'somebody else' }) });
  const foreign = await call(event);
  aws.table.on(GetCommand).resolves({});
  const unknown = await call(event);
  const noId = await call({ ...event, pathParameters: { requestId: '../../etc' } });
  expect(JSON.parse(foreign.body!)).toMatchObject({ status: 404, code: 'not_found' });
  expect(unknown).toEqual(foreign);
  expect(noId).toEqual(foreign);
});

test.each([
  'not JSON',
  '[]',
  '"all"',
  '{"codes":[]}',
  '{"codes":["out_of_luck"]}',
  '{"code":"timeout"}',
  '{"generation":0}',
])('the body %s is refused, and nothing is asked', async (body) => {
  const event = { ...readHttpEvent('retry-request.by-code'), body };
  expect(await bodyOf(event)).toMatchObject({ status: 400, code: 'invalid_request' });
  expect(aws.names()).toEqual([]);
});

test('the same code over and over is one wish', async () => {
  aws.table.on(UpdateCommand).resolves({ Attributes: reopened(['timeout']) });
  const body = JSON.stringify({ codes: Array(500).fill('timeout') });
  expect((await call({ ...readHttpEvent('retry-request.by-code'), body })).statusCode).toBe(202);
  expect(JSON.parse(aws.input('SendMessage').MessageBody)).toMatchObject({ codes: ['timeout'] });
});

test('an empty object, a body in base64 and no body at all are read alike', async () => {
  const event = readHttpEvent('retry-request');
  for (const body of [{ body: '{}' }, { body: Buffer.from('{}').toString('base64'), isBase64Encoded: true }, {}]) {
    expect((await call({ ...event, ...body })).statusCode).toBe(202);
  }
});

test('a message that can’t be sent is trouble, and no run is opened', async () => {
  aws.sqs.rejects(awsTrouble());
  expect(await bodyOf(readHttpEvent('retry-request'))).toMatchObject({ status: 503, code: 'unavailable' });
  expect(aws.names()).not.toContain('Update');
});
