import type { SQSEvent } from 'aws-lambda';
import { CopyObjectCommand, GetObjectCommand, HeadObjectCommand, NotFound } from '@aws-sdk/client-s3';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, test } from 'vitest';
import { lambdaContext, returned, readSqsEvent, SETTINGS, useEnvironmentOf } from '../tests/fakes/lambda.ts';
import { imageDone, imageFailed, makeRecord, REQUEST_ID, requestItem } from '../tests/fakes/make-request.ts';
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
  const claim = { requestId: REQUEST_ID, fingerprint: 'e', expiresAt: 4_102_444_800 };
  aws.table.on(GetCommand, { Key: marker }).resolves({ Item: { ...marker, ...claim } });
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

describe('a retry', () => {
  const totals = { products: 3, images: 3, pages: 2, groups: 1, rejectedRows: 0 };
  const retry = { at: '2025-10-05T18:00:00.000Z', codes: ['timeout'] };
  const counts = { imagesFailed: 2, error_timeout: 1, error_not_found: 1, productsFailed: 2, productsCompleted: 1 };
  const opened = requestItem({ status: 'RECEIVED', generation: 2, retry, totals, counts });
  const records = {
    r0: makeRecord(0, [imageDone()]),
    r1: makeRecord(1, [imageFailed('not_found')]),
    r2: makeRecord(2, [imageFailed('timeout')]),
  };

  beforeEach(() => {
    aws.table.on(QueryCommand).resolves({ Items: [{ page: 0, settled: 3, ...records }] });
    const retryTotals = { products: 1, images: 1, pages: 1, groups: 1 };
    aws.table
      .on(UpdateCommand)
      .resolvesOnce({ Attributes: opened })
      .resolvesOnce({ Attributes: { ...opened, retryTotals } })
      .resolves({ Attributes: { ...opened, retryTotals, status: 'PROCESSING', sealedGeneration: 2 } });
    aws.table
      .on(GetCommand)
      .resolvesOnce({ Item: opened })
      .resolves({ Item: { ...opened, retryTotals } });
  });

  test('is opened, planned, sent and sealed', async () => {
    expect(await call(readSqsEvent('ingest-csv.retry'))).toEqual(none);
    const sent = ['Query', 'SendMessageBatch', 'Update'];
    expect(aws.names()).toEqual(['Update', 'Get', 'Query', 'Update', ...sent]);
    const [open, plan, seal] = aws.inputs('Update');
    expect(spelledOut(open!, 'UpdateExpression')).toContain('"codes":["timeout"]');
    expect(spelledOut(plan!, 'ConditionExpression')).toBe(
      'status IN ("RECEIVED") AND generation = 2 AND attribute_not_exists(retryTotals)',
    );
    expect(spelledOut(plan!, 'UpdateExpression')).toMatch(/productsFailed = 1.* REMOVE error_timeout$/);
    expect(spelledOut(seal!, 'ConditionExpression')).toBe('status IN ("RECEIVED") AND generation = 2');
    const [entry] = aws.input('SendMessageBatch').Entries;
    expect(JSON.parse(entry!.MessageBody)).toMatchObject({
      ...{ requestId: REQUEST_ID, generation: 2, page: 0, pagesInGroup: 1, again: true },
      products: [{ index: 2, imageUrls: ['https://shop.example/2/0.jpg'] }],
    });
  });

  test('of a run that is over is nothing to do', async () => {
    const refused = new ConditionalCheckFailedException({ message: '', $metadata: {} });
    aws.table.on(UpdateCommand).rejects(refused);
    aws.table.on(GetCommand).resolves({ Item: requestItem({ status: 'RECEIVED', generation: 3, retry }) });
    expect(await call(readSqsEvent('ingest-csv.retry'))).toEqual(none);
    expect(aws.names()).toEqual(['Update', 'Get']);
  });
});

describe('a resend', () => {
  test('sends the pages that are not full, as ones that were sent before', async () => {
    const totals = { products: 2, images: 2, pages: 2, groups: 1, rejectedRows: 0 };
    const plan = { imagesPerPage: 1, productsPerPage: 1 };
    aws.table.on(GetCommand).resolves({ Item: { fullPages: new Set([0]) } });
    aws.table
      .on(GetCommand, { Key: { pk: `REQ#${REQUEST_ID}`, sk: 'REQUEST' } })
      .resolves({ Item: requestItem({ totals, plan }) });
    expect(await call(readSqsEvent('ingest-csv.resend'))).toEqual(none);
    expect(aws.names()).toEqual(['Get', 'GetObject', 'Get', 'SendMessageBatch']);
    const { Entries, QueueUrl } = aws.input('SendMessageBatch');
    expect(QueueUrl).toBe(SETTINGS.PAGES_QUEUE_URL);
    expect(Entries.map(({ MessageBody }): unknown => JSON.parse(MessageBody))).toMatchObject([
      { page: 1, again: true },
    ]);
  });

  test('sends the finish message of a settled request', async () => {
    aws.table.on(GetCommand).resolves({ Item: requestItem({ fullGroups: new Set([0]) }) });
    expect(await call(readSqsEvent('ingest-csv.resend'))).toEqual(none);
    expect(aws.names()).toEqual(['Get', 'SendMessage']);
    expect(aws.input('SendMessage').QueueUrl).toBe(SETTINGS.FINISH_QUEUE_URL);
  });
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
