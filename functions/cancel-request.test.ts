import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, expect, test } from 'vitest';
import type { ApiEvent } from '../lib/http/api.ts';
import { ChangedView } from '../lib/requests/accepted-view.ts';
import type { Request } from '../lib/requests/request.ts';
import { lambdaContext, readHttpEvent, SETTINGS, useEnvironmentOf } from '../tests/fakes/lambda.ts';
import { REQUEST_ID, requestItem } from '../tests/fakes/make-request.ts';
import { awsTrouble, mockAws, spelledOut } from '../tests/fakes/mock-aws.ts';

useEnvironmentOf('cancel-request');
const { handler } = await import('./cancel-request.ts');
const aws = mockAws();
const call = (event: ApiEvent = readHttpEvent('cancel-request')) => handler(event, lambdaContext());
const cancelledAt = '2025-10-05T18:00:00.000Z';
const resend = {
  QueueUrl: SETTINGS.INGEST_QUEUE_URL,
  MessageBody: `{"kind":"resend","requestId":"${REQUEST_ID}"}`,
  DelaySeconds: 150,
};

beforeEach(() => {
  aws.reset();
  aws.sqs.resolves({});
  aws.table.on(GetCommand).resolves({ Item: requestItem() });
  aws.table.on(UpdateCommand).resolves({ Attributes: requestItem({ cancelledAt }) });
});

test('leaves the delayed message first, then cancels, and answers 202', async () => {
  const answer = await call();
  expect(answer.statusCode).toBe(202);
  const view: unknown = JSON.parse(answer.body!);
  expect(ChangedView.strict().parse(view)).toEqual(view);
  expect(view).toMatchObject({ requestId: REQUEST_ID, status: 'PROCESSING', generation: 1 });
  expect(aws.names()).toEqual(['Get', 'SendMessage', 'Update']);
  expect(aws.input('SendMessage')).toMatchObject(resend);
  const cancel = aws.input('Update');
  expect(spelledOut(cancel, 'UpdateExpression')).toMatch(/^SET cancelledAt = "[^"]*"$/);
  expect(spelledOut(cancel, 'ConditionExpression')).toBe(
    'status IN ("RECEIVED", "PROCESSING") AND attribute_not_exists(cancelledAt)',
  );
});

test('an upload whose file has not come ends at once, and its caller is told', async () => {
  const awaiting: Partial<Request> = { status: 'AWAITING_FILE', webhookUrl: 'https://caller.example/' };
  aws.table.on(GetCommand).resolves({ Item: requestItem(awaiting) });
  aws.table.on(UpdateCommand).resolves({ Attributes: requestItem({ ...awaiting, status: 'CANCELLED', cancelledAt }) });
  expect(JSON.parse((await call()).body!)).toMatchObject({ status: 'CANCELLED' });
  expect(spelledOut(aws.input('Update'), 'ConditionExpression')).toBe('status IN ("AWAITING_FILE")');
  expect(aws.inputs('SendMessage')).toMatchObject([
    resend,
    { QueueUrl: SETTINGS.WEBHOOKS_QUEUE_URL, MessageBody: `{"requestId":"${REQUEST_ID}","generation":1}` },
  ]);
});

test.each<[string, Partial<Request>]>([
  ['is being cancelled', { cancelledAt }],
  ['is CANCELLED', { status: 'CANCELLED', cancelledAt }],
])('one that %s is accepted again, and nothing is done', async (_name, fields) => {
  aws.table.on(GetCommand).resolves({ Item: requestItem(fields) });
  expect((await call()).statusCode).toBe(202);
  expect(aws.names()).toEqual(['Get']);
});

test.each(['FINISHING', 'COMPLETED', 'COMPLETED_WITH_ERRORS', 'FAILED'] as const)(
  'one that is %s is refused by 409',
  async (status) => {
    aws.table.on(GetCommand).resolves({ Item: requestItem({ status }) });
    expect(JSON.parse((await call()).body!)).toMatchObject({ status: 409, code: 'already_ended' });
    expect(aws.names()).toEqual(['Get']);
  },
);

test('one that ends meanwhile is refused, too', async () => {
  aws.table.on(UpdateCommand).rejects(new ConditionalCheckFailedException({ message: '', $metadata: {} }));
  aws.table
    .on(GetCommand)
    .resolvesOnce({ Item: requestItem() })
    .resolves({ Item: requestItem({ status: 'COMPLETED' }) });
  expect(JSON.parse((await call()).body!)).toMatchObject({ status: 409, code: 'already_ended' });
});

test('unknown and foreign requests and what is no id get the same 404', async () => {
  aws.table.on(GetCommand).resolves({ Item: requestItem({ owner: 'somebody else' }) });
  const foreign = await call();
  aws.table.on(GetCommand).resolves({});
  const unknown = await call();
  const noId = await call({ ...readHttpEvent('cancel-request'), pathParameters: { requestId: '../../etc' } });
  expect(JSON.parse(foreign.body!)).toMatchObject({ status: 404, code: 'not_found' });
  expect(unknown).toEqual(foreign);
  expect(noId).toEqual(foreign);
});

test('a message that can’t be sent is trouble, and nothing is cancelled', async () => {
  aws.sqs.rejects(awsTrouble());
  expect(JSON.parse((await call()).body!)).toMatchObject({ status: 503, code: 'unavailable' });
  expect(aws.names()).not.toContain('Update');
});
