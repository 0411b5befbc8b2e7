import type { SQSEvent } from 'aws-lambda';
import { CopyObjectCommand, GetObjectCommand, HeadObjectCommand, NotFound } from '@aws-sdk/client-s3';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { beforeEach, expect, test } from 'vitest';
import { lambdaContext, returned, readSqsEvent, SETTINGS, useEnvironmentOf } from '../tests/fakes/lambda.ts';
import { REQUEST_ID, requestItem } from '../tests/fakes/make-request.ts';
import { awsTrouble, bodyOf, mockAws, spelledOut, valuesOf } from '../tests/fakes/mock-aws.ts';

useEnvironmentOf('ingest-csv');
const { handler } = await import('./ingest-csv.ts');
const aws = mockAws();
const call = (event: SQSEvent) => handler(event, lambdaContext());
const none = { batchItemFailures: [] };

const CSV = 'SKU,Image URL\r\n1,https://shop.example/1.jpg\r\n2,https://shop.example/2.jpg\r\n';
const DROP_KEY = 'incoming/drop/Frühling 2025/50% off + new.csv';
const fresh = { totals: undefined, plan: undefined, sealedGeneration: undefined } as const;

beforeEach(() => {
  aws.reset();
  aws.s3.resolves({});
  aws.sqs.resolves({});
  aws.table.resolves({});
  aws.s3.on(GetObjectCommand).callsFake(() => ({ Body: bodyOf(CSV) }));
});

/** The file that the recorded event speaks of, and the item that its request gets. */
function dropped(event: SQSEvent, Metadata: Record<string, string> = {}): void {
  aws.s3.on(HeadObjectCommand).resolves({ ETag: eTagIn(event), ContentLength: CSV.length, Metadata });
  const created = () => aws.inputs('Put').at(-1)!.Item;
  const planned = () => {
    const [totals, plan] = valuesOf(aws.input('Update'));
    return { ...created(), totals, plan };
  };
  aws.table
    .on(GetCommand)
    .resolvesOnce({})
    .callsFake(() => ({ Item: created() }));
  aws.table
    .on(UpdateCommand)
    .callsFakeOnce(() => ({ Attributes: planned() }))
    .callsFake(() => ({ Attributes: requestItem() }));
}

/** S3 writes it with quotes into an answer's header and without into an event. */
const eTagIn = (event: SQSEvent): string => `"${/"eTag":"(.*?)"/.exec(event.Records[0]!.body)![1]!}"`;

test.each(['ingest-csv.drop', 'ingest-csv.drop-multipart'])(
  '%s: claims the event, keeps a copy, then creates, scans, sends and seals',
  async (name) => {
    const event = readSqsEvent(name);
    dropped(event);
    expect(await call(event)).toEqual(none);
    expect(aws.names()).toEqual([
      ...['Put', 'Get', 'HeadObject', 'CopyObject', 'Put'],
      ...['Get', 'GetObject', 'Update', 'GetObject', 'SendMessageBatch', 'Update'],
    ]);
  },
);

test('a dropped file’s key is decoded as S3 writes it, and copied as it was when its event was sent', async () => {
  const event = readSqsEvent('ingest-csv.drop');
  dropped(event);
  await call(event);
  expect(aws.inputs('HeadObject')).toEqual([{ Bucket: 'rowpress-data', Key: DROP_KEY }]);
  const copy = aws.input('CopyObject');
  const { requestId } = aws.input('Put').Item;
  expect(copy).toMatchObject({
    Bucket: 'rowpress-data',
    Key: `uploads/${requestId}.csv`,
    CopySource: 'rowpress-data/incoming/drop/Fr%C3%BChling%202025/50%25%20off%20%2B%20new.csv',
    CopySourceIfMatch: expect.stringMatching(/^"[0-9a-f]{32}"$/),
  });
});

test('the marker stands for one version of one object', async () => {
  const event = readSqsEvent('ingest-csv.drop');
  dropped(event);
  await call(event);
  const [marker, request] = [aws.input('Put'), aws.input('Put', 1)];
  expect(spelledOut(marker, 'ConditionExpression')).toBe('attribute_not_exists(pk)');
  expect(marker.Item).toMatchObject({ pk: `DROP#rowpress-data/${DROP_KEY}`, sk: '0068E2B1C50A1B2C3D' });
  expect(request.Item).toMatchObject({
    requestId: marker.Item.requestId,
    source: 'drop',
    status: 'RECEIVED',
    fileName: '50% off + new.csv',
  });
});

test('the object’s metadata are its options', async () => {
  const event = readSqsEvent('ingest-csv.drop');
  dropped(event, { format: 'webp', maxwidth: '800', webhookurl: 'https://caller.example/mine' });
  await call(event);
  expect(aws.input('Put', 1).Item).toMatchObject({
    options: { format: 'webp', maxWidth: 800 },
    webhookUrl: 'https://caller.example/mine',
  });
});

test('an event that is told again leads to the request of the first time', async () => {
  const refused = new ConditionalCheckFailedException({ message: '', $metadata: {} });
  aws.table.on(PutCommand).rejects(refused);
  const marker = { pk: `DROP#rowpress-data/${DROP_KEY}`, sk: '0068E2B1C50A1B2C3D' };
  aws.table.on(GetCommand).resolves({ Item: requestItem() });
  aws.table.on(GetCommand, { Key: marker }).resolves({ Item: { ...marker, requestId: REQUEST_ID, fingerprint: 'e' } });
  expect(await call(readSqsEvent('ingest-csv.drop'))).toEqual(none);
  expect(aws.inputs('Get').map(({ Key }) => Key.pk)).toEqual([marker.pk, `REQ#${REQUEST_ID}`, `REQ#${REQUEST_ID}`]);
  expect(aws.names()).not.toContain('CopyObject');
});

test('a presigned upload that arrives is copied before its request goes on', async () => {
  const event = readSqsEvent('ingest-csv.upload');
  aws.s3.on(HeadObjectCommand).resolves({ ETag: eTagIn(event) });
  aws.table
    .on(GetCommand)
    .resolvesOnce({ Item: requestItem({ ...fresh, status: 'AWAITING_FILE' }) })
    .resolves({ Item: requestItem({ ...fresh, status: 'RECEIVED' }) });
  aws.table.on(UpdateCommand).resolves({ Attributes: requestItem() });
  expect(await call(event)).toEqual(none);
  const arrive = aws.input('Update');
  expect(spelledOut(arrive, 'ConditionExpression')).toBe('status IN ("AWAITING_FILE")');
  expect(aws.names().indexOf('CopyObject')).toBeLessThan(aws.names().indexOf('Update'));
});

test('the insurance message sends everything again, marked so, when the upload died before it sealed', async () => {
  const totals = { products: 2, images: 2, pages: 1, groups: 1, rejectedRows: 0 };
  aws.table.on(GetCommand).resolves({ Item: requestItem({ status: 'RECEIVED', sealedGeneration: undefined, totals }) });
  aws.table.on(UpdateCommand).resolves({ Attributes: requestItem() });
  expect(await call(readSqsEvent('ingest-csv.insurance'))).toEqual(none);
  expect(aws.names()).toEqual(['Get', 'GetObject', 'SendMessageBatch', 'Update']);
  const [entry] = aws.input('SendMessageBatch').Entries;
  expect(JSON.parse(entry!.MessageBody)).toMatchObject({ requestId: REQUEST_ID, page: 0, again: true });
});

test('the insurance message has nothing to do for a sealed request, or one that never came to be', async () => {
  aws.table.on(GetCommand).resolves({ Item: requestItem() });
  expect(await call(readSqsEvent('ingest-csv.insurance'))).toEqual(none);
  aws.table.on(GetCommand).resolves({});
  expect(await call(readSqsEvent('ingest-csv.insurance'))).toEqual(none);
  expect(aws.names()).toEqual(['Get', 'Get']);
});

test('S3’s test event is nothing to do', async () => {
  expect(await call(readSqsEvent('ingest-csv.test-event'))).toEqual(none);
  expect(aws.names()).toEqual([]);
});

test('a file that is gone again is nobody’s request', async () => {
  aws.s3.on(HeadObjectCommand).rejects(new NotFound({ message: '', $metadata: {} }));
  aws.table.on(GetCommand).resolves({});
  expect(await call(readSqsEvent('ingest-csv.drop'))).toEqual(none);
  expect(aws.names()).toEqual(['Put', 'Get', 'HeadObject']);
});

test('trouble of AWS returns the message and says when to try again', async () => {
  const event = readSqsEvent('ingest-csv.insurance');
  aws.table.on(GetCommand).resolves({ Item: requestItem({ status: 'RECEIVED', sealedGeneration: undefined }) });
  aws.sqs.on(SendMessageBatchCommand).rejects(awsTrouble());
  expect(await call(event)).toEqual(returned(event.Records[0]!));
  expect(aws.calls().at(-1)).toEqual({
    name: 'ChangeMessageVisibility',
    input: {
      QueueUrl: SETTINGS.INGEST_QUEUE_URL,
      ReceiptHandle: event.Records[0]!.receiptHandle,
      VisibilityTimeout: 10,
    },
  });
});

test('a copy that is refused because the object changed ends this event without a request', async () => {
  const event = readSqsEvent('ingest-csv.drop');
  dropped(event);
  const changed = Object.assign(new Error('changed'), { name: 'PreconditionFailed' });
  aws.s3.on(CopyObjectCommand).rejects(changed);
  aws.table.on(GetCommand).resolves({});
  expect(await call(event)).toEqual(none);
  expect(aws.inputs('Put')).toHaveLength(1);
});
