import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, expect, test } from 'vitest';
import { lambdaContext, readHttpEvent, SETTINGS, useEnvironmentOf } from '../tests/fakes/lambda.ts';
import { REQUEST_ID, requestItem } from '../tests/fakes/make-request.ts';
import { awsTrouble, mockAws, spelledOut } from '../tests/fakes/mock-aws.ts';

useEnvironmentOf('redeliver-webhook');
const { handler } = await import('./redeliver-webhook.ts');
const aws = mockAws();
const ended = requestItem({ status: 'COMPLETED', webhookUrl: 'https://caller.example/', webhookStatus: 'failed' });
const call = (pathParameters = readHttpEvent('redeliver-webhook').pathParameters) =>
  handler({ ...readHttpEvent('redeliver-webhook'), pathParameters }, lambdaContext());

beforeEach(() => {
  aws.reset();
  aws.sqs.resolves({});
  aws.table.on(GetCommand).resolves({ Item: ended });
  aws.table.on(UpdateCommand).resolves({ Attributes: ended });
});

test('leaves the message first, then begins the round', async () => {
  const answer = await call();
  expect(answer.statusCode).toBe(202);
  expect(JSON.parse(answer.body!)).toEqual({
    requestId: REQUEST_ID,
    deliveryId: `msg_${REQUEST_ID}_1`,
    status: 'pending',
  });
  expect(aws.names()).toEqual(['Get', 'SendMessage', 'Update']);
  expect(aws.input('SendMessage')).toMatchObject({
    QueueUrl: SETTINGS.WEBHOOKS_QUEUE_URL,
    MessageBody: `{"requestId":"${REQUEST_ID}","generation":1,"round":2}`,
  });
  const begin = aws.input('Update');
  expect(spelledOut(begin, 'UpdateExpression')).toMatch(/^SET webhookRound = 2.* REMOVE webhookStatus$/);
  expect(spelledOut(begin, 'ConditionExpression')).toBe(
    'generation = 1 AND attribute_not_exists(webhookRound) AND attribute_exists(webhookStatus)',
  );
});

test('a message that can’t be sent is trouble, and no round begins', async () => {
  aws.sqs.rejects(awsTrouble());
  expect(JSON.parse((await call()).body!)).toMatchObject({ status: 503, code: 'unavailable' });
  expect(aws.names()).not.toContain('Update');
});

test.each([
  ['another delivery', { requestId: REQUEST_ID, deliveryId: 'msg_1' }],
  ['no id at all', {}],
  ['what is no id', { requestId: '../x', deliveryId: `msg_${REQUEST_ID}_1` }],
])('%s is not found', async (_name, pathParameters) => {
  expect(JSON.parse((await call(pathParameters)).body!)).toMatchObject({ status: 404, code: 'not_found' });
  expect(aws.names()).not.toContain('SendMessage');
});
