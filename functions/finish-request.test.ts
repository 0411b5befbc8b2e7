import type { SQSEvent } from 'aws-lambda';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteObjectsCommand, GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, expect, test } from 'vitest';
import { lambdaContext, returned, readSqsEvent, SETTINGS, sqsEvent, useEnvironmentOf } from '../tests/fakes/lambda.ts';
import { imageDone, imageFailed, makeRecord, REQUEST_ID, requestItem } from '../tests/fakes/make-request.ts';
import { bodyOf, mockAws, spelledOut } from '../tests/fakes/mock-aws.ts';

useEnvironmentOf('finish-request');
const { handler } = await import('./finish-request.ts');
const aws = mockAws();
const call = (event: SQSEvent) => handler(event, lambdaContext());

const CSV = 'SKU,Image URL\r\n1,https://shop.example/0/0.jpg\r\n2,https://shop.example/1/0.jpg\r\n';
const settled = { fullGroups: new Set([0]), webhookUrl: 'https://caller.example/', counts: { productsCompleted: 1 } };

beforeEach(() => {
  aws.reset();
  aws.s3.resolves({});
  aws.sqs.resolves({});
  aws.s3.on(GetObjectCommand).callsFake(() => ({ Body: bodyOf(CSV) }));
  const [r0, r1] = [makeRecord(0, [imageDone()]), makeRecord(1, [imageFailed('timeout')])];
  aws.table.on(QueryCommand).resolves({ Items: [{ page: 0, settled: 2, r0, r1 }] });
  aws.table
    .on(UpdateCommand)
    .resolvesOnce({ Attributes: requestItem({ ...settled, status: 'FINISHING' }) })
    .resolves({ Attributes: requestItem({ ...settled, status: 'COMPLETED_WITH_ERRORS' }) });
});

test('both files are written before the request ends, and the webhook is promised behind that', async () => {
  expect(await call(readSqsEvent('finish-request'))).toEqual({ batchItemFailures: [] });
  expect(aws.names()).toEqual([
    ...['Update', 'GetObject', 'Query', 'PutObject', 'PutObject'],
    ...['Update', 'SendMessage', 'SendMessage'],
  ]);
  const keys = aws.inputs('PutObject').map(({ Key }) => Key);
  expect(keys.toSorted()).toEqual([`results/${REQUEST_ID}/failed.csv`, `results/${REQUEST_ID}/results.csv`]);
  expect(aws.inputs('SendMessage')).toMatchObject([
    { QueueUrl: SETTINGS.WEBHOOKS_QUEUE_URL, MessageBody: `{"requestId":"${REQUEST_ID}","generation":1}` },
    { QueueUrl: SETTINGS.FINISH_QUEUE_URL, MessageBody: JSON.stringify(sweep), DelaySeconds: 300 },
  ]);
});

const sweep = { requestId: REQUEST_ID, generation: 1, sweep: true };

test('a sweep deletes the image that no record names, and asks for nothing more when there is none', async () => {
  const ended = requestItem({ ...settled, counts: { imagesCompressed: 1 }, status: 'COMPLETED_WITH_ERRORS' });
  aws.table.on(GetCommand).resolves({ Item: ended });
  const stored = [`${REQUEST_ID}/0-1.jpg`, `${REQUEST_ID}/1-1.webp`];
  aws.s3
    .on(ListObjectsV2Command)
    .resolvesOnce({ Contents: stored.map((Key) => ({ Key })) })
    .resolves({});
  expect(await call(sqsEvent([sweep]))).toEqual({ batchItemFailures: [] });
  expect(aws.names()).toEqual(['Get', 'ListObjectsV2', 'Query', 'DeleteObjects']);
  await call(sqsEvent([sweep]));
  expect(aws.names().slice(4)).toEqual(['Get', 'ListObjectsV2']);
  const [{ Bucket, Delete }] = aws.s3.commandCalls(DeleteObjectsCommand).map(({ args }) => args[0].input) as [Deleted];
  expect(Bucket).toBe('rowpress-images');
  const deleted = Delete.Objects.map(({ Key }) => Key);
  expect(deleted).toContain(stored[1]);
  expect(deleted.filter((key) => !key.startsWith(`${REQUEST_ID}/1-1.`))).toEqual([]);
});

type Deleted = { Bucket: string; Delete: { Objects: { Key: string }[] } };

test('begins and ends the request once for its generation', async () => {
  await call(readSqsEvent('finish-request'));
  expect(aws.inputs('Update').map((input) => spelledOut(input, 'ConditionExpression'))).toEqual([
    'status IN ("PROCESSING", "FINISHING") AND generation = 1',
    'status IN ("FINISHING") AND generation = 1',
  ]);
  expect(spelledOut(aws.input('Update', 1), 'UpdateExpression')).toContain('status = "COMPLETED_WITH_ERRORS"');
});

test('a poison message is sent back alone; its neighbour is done', async () => {
  const event = readSqsEvent('poison.with-neighbour');
  expect(await call(event)).toEqual(returned(event.Records[0]!));
  expect(aws.inputs('ChangeMessageVisibility')).toMatchObject([{ ReceiptHandle: event.Records[0]!.receiptHandle }]);
  expect(aws.inputs('PutObject')).toHaveLength(2);
});

test('a request that is gone needs no finishing', async () => {
  aws.table.on(UpdateCommand).rejects(new ConditionalCheckFailedException({ message: '', $metadata: {} }));
  aws.table.on(GetCommand).resolves({});
  expect(await call(readSqsEvent('finish-request'))).toEqual({ batchItemFailures: [] });
  expect(aws.names()).toEqual(['Update', 'Get']);
});
