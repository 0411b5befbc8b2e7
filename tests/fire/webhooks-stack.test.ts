import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ensureQueue } from '../../infra/local/resources/queue.ts';
import { ensureTable } from '../../infra/local/resources/table.ts';
import { startStack, type Stack } from '../../infra/local/stack.ts';
import { openTable } from '../../lib/aws/table.ts';
import { requestStore } from '../../lib/requests/request-store.ts';
import { lambdaContext, readHttpEvent, sqsEvent, useEnvironmentOf } from '../fakes/lambda.ts';
import { makeRequest, REQUEST_ID } from '../fakes/make-request.ts';
import { answer, say } from '../hostile/fault-server.ts';
import { QUEUE, SCHEDULE } from './virtual-delivery.ts';
import { startReceiver } from './webhook-receiver.ts';

vi.hoisted(() => (process.env.LOG_LEVEL = 'SILENT'));

const ATTEMPTS = SCHEDULE.length + 1;

let stack: Stack;
let sqs: SQSClient;
let dynamodb: DynamoDBClient;
let queueUrl: string;

beforeAll(async () => {
  // The stack lives in this process, so that its messages, too, wait by the time that `Date` shows.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2025-10-05T18:00:00.000Z') });
  stack = await startStack();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const config = { endpoint: stack.endpoint, region: 'eu-central-1', credentials };
  sqs = new SQSClient({ ...config, useQueueUrlAsEndpoint: false });
  dynamodb = new DynamoDBClient(config);
  queueUrl = (await ensureQueue(sqs, 'webhooks', QUEUE)).url;
  await ensureTable(dynamodb, 'table', {
    AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  });
});
afterAll(async () => {
  vi.useRealTimers();
  for (const client of [sqs, dynamodb]) client.destroy();
  await stack.stop();
});

/** The functions as they are deployed, against the stack. */
async function loadFunctions() {
  const ours = { TABLE_NAME: 'table', WEBHOOKS_QUEUE_URL: queueUrl, AWS_ENDPOINT_URL: stack.endpoint };
  const local = { ...ours, OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' };
  useEnvironmentOf('redeliver-webhook');
  Object.assign(process.env, local);
  const { handler: redeliver } = await import('../../functions/redeliver-webhook.ts');
  useEnvironmentOf('notify-webhook');
  Object.assign(process.env, local);
  const { handler: notify } = await import('../../functions/notify-webhook.ts');
  return { redeliver: () => redeliver(readHttpEvent('redeliver-webhook'), lambdaContext()), notify };
}

it('the deployed functions keep the schedule on the embedded stack, and deliver again when asked to', async () => {
  let status = '503 Service Unavailable';
  await using receiver = await startReceiver((exchange) => say(answer('', {}, status))(exchange));
  const { notify, redeliver } = await loadFunctions();
  const requests = requestStore(openTable('table', dynamodb));
  const ended = { status: 'COMPLETED', finishedAt: new Date().toISOString(), webhookUrl: receiver.url } as const;
  await requests.create(makeRequest({ ...ended, webhookStatus: 'failed' }));
  const webhook = async () => (await requests.get(REQUEST_ID, { consistent: true }))!.webhookStatus;

  /** Hands out what is visible; false when nothing is. */
  async function deliver(): Promise<boolean> {
    const asked = { QueueUrl: queueUrl, MessageSystemAttributeNames: ['All' as const] };
    const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand(asked));
    if (!message) return false;
    const { Body = '', ReceiptHandle, Attributes } = message;
    const event = sqsEvent([Body], { attempt: Number(Attributes!.ApproximateReceiveCount) });
    event.Records[0]!.receiptHandle = ReceiptHandle!;
    const { batchItemFailures } = (await notify(event, lambdaContext())) as { batchItemFailures: unknown[] };
    if (batchItemFailures.length === 0) await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
    return true;
  }

  expect((await redeliver()).statusCode).toBe(202);
  while ((await webhook()) === undefined) {
    expect(await deliver()).toBe(true);
    const { retryAt } = (await requests.deliveries(REQUEST_ID)).at(-1)!;
    if (typeof retryAt !== 'string') continue;
    vi.setSystemTime(Date.parse(retryAt) - 1000);
    expect(await deliver()).toBe(false);
    vi.setSystemTime(Date.parse(retryAt) + 1000);
  }
  expect([await webhook(), receiver.posts.length]).toEqual(['failed', ATTEMPTS]);

  status = '204 No Content';
  await redeliver();
  expect(await deliver()).toBe(true);
  expect(await webhook()).toBe('delivered');
  expect((await requests.deliveries(REQUEST_ID)).map(({ round, attempt }) => [round, attempt])).toEqual([
    ...Array.from({ length: ATTEMPTS }, (_, at) => [2, at + 1]),
    [3, ATTEMPTS + 1],
  ]);
  expect(await deliver()).toBe(false);
  expect(new Set(receiver.posts.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([`msg_${REQUEST_ID}_1`]));
});
