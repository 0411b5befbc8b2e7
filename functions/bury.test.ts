import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, test } from 'vitest';
import { lambdaContext, returned, readSqsEvent, SETTINGS, sqsEvent, useEnvironmentOf } from '../tests/fakes/lambda.ts';
import { REQUEST_ID, requestItem } from '../tests/fakes/make-request.ts';
import { mockAws, spelledOut } from '../tests/fakes/mock-aws.ts';

useEnvironmentOf('bury-page');
const { handler: buryPage } = await import('./bury-page.ts');
useEnvironmentOf('bury-ingest');
const { handler: buryIngest } = await import('./bury-ingest.ts');
useEnvironmentOf('bury-finish');
const { handler: buryFinish } = await import('./bury-finish.ts');
useEnvironmentOf('bury-webhook');
const { handler: buryWebhook } = await import('./bury-webhook.ts');

const aws = mockAws();
const none = { batchItemFailures: [] };
const webhook = { webhookUrl: 'https://caller.example/' };
const announcement = {
  QueueUrl: SETTINGS.WEBHOOKS_QUEUE_URL,
  MessageBody: `{"requestId":"${REQUEST_ID}","generation":1}`,
};

const sweep = {
  QueueUrl: SETTINGS.FINISH_QUEUE_URL,
  MessageBody: `{"requestId":"${REQUEST_ID}","generation":1,"sweep":true}`,
};

beforeEach(() => {
  aws.reset();
  aws.sqs.resolves({});
  aws.table.resolves({});
});

test('bury-page settles the page as given up and walks up to the finish message', async () => {
  const settled = requestItem({ fullGroups: new Set([0]) });
  aws.table.on(GetCommand).resolves({});
  aws.table.on(GetCommand, { Key: { pk: `REQ#${REQUEST_ID}`, sk: 'REQUEST' } }).resolves({ Item: requestItem() });
  aws.table
    .on(UpdateCommand)
    .resolvesOnce({ Attributes: { page: 0, settled: 2 } })
    .resolvesOnce({ Attributes: { fullPages: new Set([0]) } })
    .resolves({ Attributes: settled });
  expect(await buryPage(readSqsEvent('compress-images.page'), lambdaContext())).toEqual(none);
  const first = aws.input('Update');
  expect(spelledOut(first, 'UpdateExpression')).toContain('"code":"gave_up"');
  expect(first.ExpressionAttributeValues).toMatchObject({ ':0': { status: 'FAILED', images: [{ code: 'gave_up' }] } });
  expect(aws.inputs('SendMessage')).toMatchObject([{ QueueUrl: SETTINGS.FINISH_QUEUE_URL }]);
});

describe('bury-ingest', () => {
  test('fails a request whose pages were not sent, and promises its webhook', async () => {
    aws.table.on(UpdateCommand).resolves({ Attributes: requestItem({ status: 'FAILED', ...webhook }) });
    expect(await buryIngest(readSqsEvent('ingest-csv.insurance'), lambdaContext())).toEqual(none);
    const fail = aws.input('Update');
    expect(spelledOut(fail, 'ConditionExpression')).toBe('status IN ("AWAITING_FILE", "RECEIVED") AND generation = 1');
    expect(spelledOut(fail, 'UpdateExpression')).toContain('"code":"ingest_failed"');
    expect(aws.inputs('SendMessage')).toMatchObject([announcement, sweep]);
  });

  test('gives a dropped file its request, so that its owner sees what became of it', async () => {
    const failed = requestItem({ status: 'FAILED', ...webhook });
    aws.table.on(UpdateCommand).resolves({ Attributes: failed });
    const asked = { format: 'webp', webhookurl: 'https://caller.example/mine' };
    aws.s3.on(HeadObjectCommand).resolves({ ETag: '"9debbc2e26720462067f48bb80d6de34"', Metadata: asked });
    expect(await buryIngest(readSqsEvent('ingest-csv.drop'), lambdaContext())).toEqual(none);
    expect(aws.input('HeadObject')).toMatchObject({ Bucket: SETTINGS.DATA_BUCKET });
    const [marker, request] = [aws.input('Put'), aws.input('Put', 1)];
    expect(request.Item).toMatchObject({ requestId: marker.Item.requestId, source: 'drop' });
    expect(request.Item).toMatchObject({ options: { format: 'webp' }, webhookUrl: asked.webhookurl });
    expect(aws.input('Update').Key.pk).toBe(`REQ#${marker.Item.requestId}`);
  });

  test('has nothing to do for S3’s test event', async () => {
    expect(await buryIngest(readSqsEvent('ingest-csv.test-event'), lambdaContext())).toEqual(none);
    expect(aws.names()).toEqual([]);
  });
});

test('bury-finish fails a request whose result could not be written, and promises its webhook and a sweep', async () => {
  aws.table.on(UpdateCommand).resolves({ Attributes: requestItem({ status: 'FAILED', ...webhook }) });
  expect(await buryFinish(readSqsEvent('finish-request'), lambdaContext())).toEqual(none);
  const fail = aws.input('Update');
  expect(spelledOut(fail, 'ConditionExpression')).toBe('status IN ("PROCESSING", "FINISHING") AND generation = 1');
  expect(spelledOut(fail, 'UpdateExpression')).toContain('"code":"result_failed"');
  expect(aws.inputs('SendMessage')).toMatchObject([announcement, sweep]);
});

test('bury-finish lets a sweep go: what nobody names does no harm', async () => {
  expect(await buryFinish(sqsEvent([JSON.parse(sweep.MessageBody)]), lambdaContext())).toEqual(none);
  expect(aws.names()).toEqual([]);
});

describe('bury-webhook', () => {
  test('records that the caller could not be told', async () => {
    aws.table.on(GetCommand).resolves({ Item: requestItem({ status: 'COMPLETED', ...webhook }) });
    expect(await buryWebhook(readSqsEvent('notify-webhook'), lambdaContext())).toEqual(none);
    const end = aws.input('Update');
    expect(spelledOut(end, 'UpdateExpression')).toMatch(/^SET webhookStatus = "failed" REMOVE /);
    expect(spelledOut(end, 'ConditionExpression')).toBe(
      'generation = 1 AND attribute_not_exists(webhookRound) AND attribute_not_exists(webhookStatus)',
    );
  });

  test('leaves a delivery alone that came through after all', async () => {
    const delivered = requestItem({ status: 'COMPLETED', ...webhook, webhookStatus: 'delivered' });
    aws.table.on(GetCommand).resolves({ Item: delivered });
    expect(await buryWebhook(readSqsEvent('notify-webhook'), lambdaContext())).toEqual(none);
    expect(aws.names()).toEqual(['Get']);
  });
});

describe('a message of another shape', () => {
  const resend = { QueueUrl: SETTINGS.INGEST_QUEUE_URL, MessageBody: `{"kind":"resend","requestId":"${REQUEST_ID}"}` };

  test.each([
    ['page', buryPage, readSqsEvent('poison.older-shape')],
    ['finish', buryFinish, sqsEvent([{ requestId: REQUEST_ID }])],
    ['webhook', buryWebhook, sqsEvent([{ requestId: REQUEST_ID, attempt: 1 }])],
  ])('of a %s has whatever its request waits for sent anew', async (_name, handler, event) => {
    aws.table.on(GetCommand).resolves({ Item: requestItem() });
    expect(await handler(event, lambdaContext())).toEqual(none);
    expect(aws.names()).toEqual(['Get', 'SendMessage']);
    expect(aws.inputs('SendMessage')).toMatchObject([resend]);
  });

  test.each([
    ['a page of today without products', buryPage, { requestId: REQUEST_ID, generation: 1, page: 0, again: true }],
    ['a finish of today', buryFinish, { requestId: REQUEST_ID, generation: '1' }],
    ['a webhook of today', buryWebhook, { requestId: REQUEST_ID, generation: 1, round: 0 }],
  ])('never is %s, for that could go round for ever: it stays', async (_name, handler, message) => {
    aws.table.on(GetCommand).resolves({ Item: requestItem() });
    expect(await handler(sqsEvent([message]), lambdaContext())).toMatchObject({ batchItemFailures: [{}] });
    expect(aws.inputs('SendMessage')).toEqual([]);
  });
});

test.each([
  ['bury-page', buryPage],
  ['bury-ingest', buryIngest],
  ['bury-finish', buryFinish],
  ['bury-webhook', buryWebhook],
])('%s keeps a poison message in its queue, where the alarm sees it', async (_name, handler) => {
  const event = readSqsEvent('poison.not-json');
  const answer = await handler(event, lambdaContext());
  expect(answer).toEqual(returned(event.Records[0]!));
  expect(aws.names()).toEqual([]);
});
