import { GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Webhook } from 'standardwebhooks';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startServer, type TestServer } from '../lib/outbound/test-server.ts';
import { lambdaContext, returned, readSqsEvent, SETTINGS, useEnvironmentOf } from '../tests/fakes/lambda.ts';
import { REQUEST_ID, requestItem } from '../tests/fakes/make-request.ts';
import { mockAws, spelledOut } from '../tests/fakes/mock-aws.ts';

let receiver: TestServer;
let status = 200;
let received: { headers: Record<string, string>; body: string }[] = [];
let handler: (typeof import('./notify-webhook.ts'))['handler'];
const aws = mockAws();

beforeAll(async () => {
  receiver = await startServer((request, response) => {
    void text(request).then((body) => {
      received.push({ headers: request.headers as Record<string, string>, body });
      response.writeHead(status).end();
    });
  });
  useEnvironmentOf('notify-webhook');
  process.env.OUTBOUND_ALLOWED_HOSTS = '127.0.0.1';
  ({ handler } = await import('./notify-webhook.ts'));
});
afterAll(() => receiver[Symbol.asyncDispose]());

beforeEach(() => {
  received = [];
  status = 200;
  aws.reset();
  aws.sqs.resolves({});
  aws.table.resolves({});
  const ended = requestItem({ status: 'COMPLETED', webhookUrl: `http://127.0.0.1:${receiver.port}/hook?key=s3cret` });
  aws.table.on(GetCommand).resolves({ Item: ended });
  aws.table.on(QueryCommand).resolves({ Items: [] });
  aws.table.on(UpdateCommand).resolves({ Attributes: ended });
});

const event = readSqsEvent('notify-webhook');
const call = (poison = event) => handler(poison, lambdaContext());

test('posts what the receiver can verify, records the attempt, then ends the delivery', async () => {
  expect(await call()).toEqual({ batchItemFailures: [] });
  const [{ body, headers }] = received as [(typeof received)[0]];
  const payload = new Webhook(SETTINGS.WEBHOOK_SECRETS!).verify(body, headers);
  expect(payload).toMatchObject({ type: 'request.completed', data: { requestId: REQUEST_ID } });
  expect(aws.names()).toEqual(['Get', 'Query', 'Put', 'Update']);
  const put = aws.input('Put');
  expect(put.Item).toMatchObject({ sk: 'WEBHOOK#0000001#0000001', attempt: 1, statusCode: 200, error: null });
  expect(spelledOut(aws.input('Update'), 'UpdateExpression')).toMatch(/^SET webhookStatus = "delivered" REMOVE /);
});

test('a receiver in trouble is asked again in about 5 seconds', async () => {
  status = 500;
  expect(await call()).toEqual(returned(event.Records[0]!));
  expect(aws.names()).toEqual(['Get', 'Query', 'Put', 'ChangeMessageVisibility']);
  const { VisibilityTimeout } = aws.input('ChangeMessageVisibility');
  expect(VisibilityTimeout).toBeGreaterThanOrEqual(4);
  expect(VisibilityTimeout).toBeLessThanOrEqual(6);
});

test('a poison message is returned and nobody is called', async () => {
  const poison = readSqsEvent('poison.older-shape');
  expect(await call(poison)).toEqual(returned(poison.Records[0]!));
  expect(received).toEqual([]);
});
