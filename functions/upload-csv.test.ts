import { beforeEach, expect, test } from 'vitest';
import type { ApiEvent } from '../lib/http/api.ts';
import { lambdaContext, readHttpEvent, SETTINGS, useEnvironmentOf } from '../tests/fakes/lambda.ts';
import { awsTrouble, mockAws, spelledOut } from '../tests/fakes/mock-aws.ts';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';

useEnvironmentOf('upload-csv');
const { handler } = await import('./upload-csv.ts');
const aws = mockAws();
const call = (event: ApiEvent) => handler(event, lambdaContext());

beforeEach(() => {
  aws.reset();
  aws.s3.resolves({});
  aws.sqs.resolves({});
  aws.table.resolves({});
  sealsWith({});
});

/** Sealing gives the item as it is then. */
function sealsWith(fields: object): void {
  const sealed = () => ({ ...aws.input('Put').Item, status: 'PROCESSING', sealedGeneration: 1, ...fields });
  aws.table.on(UpdateCommand).callsFake(() => ({ Attributes: sealed() }));
}

test('answers 202 only after the CSV, the insurance, the item and the pages are safe, in this order', async () => {
  const answer = await call(readHttpEvent('upload-csv.form'));
  expect(answer.statusCode).toBe(202);
  expect(aws.names()).toEqual(['PutObject', 'SendMessage', 'Put', 'SendMessageBatch', 'Update']);

  const { requestId, ...body } = JSON.parse(answer.body!);
  expect(requestId).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
  expect(body).toEqual({
    status: 'PROCESSING',
    products: 3,
    images: 3,
    rejectedRows: { count: 1, first: [expect.objectContaining({ row: 4, code: 'no_images' })] },
    statusUrl: `https://api.rowpress.example/api/status/${requestId}`,
    exportUrl: `https://api.rowpress.example/api/export/${requestId}`,
  });
});

test('keeps the bytes of the CSV as they came', async () => {
  const { body } = await call(readHttpEvent('upload-csv.body'));
  const put = aws.input('PutObject');
  expect(put).toMatchObject({ Bucket: 'rowpress-data', Key: `uploads/${JSON.parse(body!).requestId}.csv` });
  expect(put.Body.toString()).toBe(readHttpEvent('upload-csv.body').body);
});

test('the insurance comes later than this function can run', async () => {
  await call(readHttpEvent('upload-csv.form'));
  const insurance = aws.input('SendMessage');
  expect(insurance).toMatchObject({ QueueUrl: SETTINGS.INGEST_QUEUE_URL, DelaySeconds: 60 });
  expect(JSON.parse(insurance.MessageBody)).toEqual({ kind: 'ingest', requestId: expect.any(String) });
});

test('the item is created once, with the options of the form and what the file comes to', async () => {
  await call(readHttpEvent('upload-csv.form'));
  const put = aws.input('Put');
  expect(spelledOut(put, 'ConditionExpression')).toBe('attribute_not_exists(pk)');
  expect(put.Item).toMatchObject({
    sk: 'REQUEST',
    status: 'RECEIVED',
    source: 'api',
    owner: 'default',
    ownerKey: 'OWNER#default',
    fileName: 'products.csv',
    options: { format: 'webp', maxWidth: 1200, quality: null },
    webhookUrl: 'https://caller.example/hooks/rowpress?token=s3cret',
    totals: { products: 3, images: 3, pages: 3, groups: 1, rejectedRows: 1 },
  });
});

test('the options of a bare CSV come with the query, and so does its name', async () => {
  await call(readHttpEvent('upload-csv.body'));
  expect(aws.input('Put').Item).toMatchObject({ fileName: 'spring.csv', options: { quality: 70 } });
});

test('every row is in a page, and the request is sealed behind them unless it has gone on already', async () => {
  await call(readHttpEvent('upload-csv.form'));
  const batch = aws.input('SendMessageBatch');
  expect(batch.QueueUrl).toBe(SETTINGS.PAGES_QUEUE_URL);
  const pages = batch.Entries.map(({ MessageBody }): unknown => JSON.parse(MessageBody));
  expect(pages).toMatchObject([
    { page: 0, pagesInGroup: 3, again: false, products: [{ index: 0, imageUrls: [expect.any(String)] }] },
    { page: 1, products: [{ index: 1, imageUrls: [expect.any(String), expect.any(String)] }] },
    { page: 2, products: [{ index: 2, imageUrls: [], errors: [{ code: 'no_images' }] }] },
  ]);
  const seal = aws.input('Update');
  expect(spelledOut(seal, 'ConditionExpression')).toBe('status IN ("RECEIVED") AND generation = 1');
  expect(spelledOut(seal, 'UpdateExpression')).toContain('sealedGeneration = 1');
});

test('sends the finish message itself when all pages were settled before it sealed', async () => {
  sealsWith({ fullGroups: new Set([0]) });
  const { requestId } = JSON.parse((await call(readHttpEvent('upload-csv.form'))).body!);
  expect(aws.inputs('SendMessage').at(-1)).toMatchObject({
    QueueUrl: SETTINGS.FINISH_QUEUE_URL,
    MessageBody: JSON.stringify({ requestId, generation: 1 }),
  });
});

test('a caller known to an authorizer owns the request', async () => {
  const event = readHttpEvent('upload-csv.form');
  event.requestContext.authorizer = { lambda: { owner: 'acme' } };
  await call(event);
  expect(aws.input('Put').Item).toMatchObject({ owner: 'acme', ownerKey: 'OWNER#acme' });
});

const form = readHttpEvent('upload-csv.form');
const body = readHttpEvent('upload-csv.body');

test.each([
  ['a file without a header', { ...body, body: 'hello\nworld\n' }, 422, 'no_header'],
  ['a file without rows', { ...body, body: 'SKU,Image URL\n' }, 422, 'no_rows'],
  ['a bad option', { ...body, queryStringParameters: { quality: '101', colour: 'red' } }, 422, 'invalid_options'],
  ['no file', { ...body, body: '' }, 422, 'missing_file'],
  ['another media type', { ...form, headers: { 'content-type': 'application/pdf' } }, 415, 'unsupported_media_type'],
  ['too much for Lambda', { ...body, body: 'x'.repeat(4_400_001) }, 413, 'payload_too_large'],
])('%s is refused and leaves nothing', async (_name, event, status, code) => {
  const answer = await call(event);
  expect(answer.statusCode).toBe(status);
  expect(answer.headers).toMatchObject({ 'content-type': 'application/problem+json' });
  expect(JSON.parse(answer.body!)).toMatchObject({ status, code });
  expect(aws.names()).toEqual([]);
});

test('when pages can not be sent the caller hears 503 and nothing of the inside; the request stays unsealed', async () => {
  aws.sqs.on(SendMessageBatchCommand).rejects(awsTrouble());
  const answer = await call(readHttpEvent('upload-csv.form'));
  expect(answer).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5' } });
  expect(answer.body).not.toContain('inside');
  expect(aws.names()).toEqual(['PutObject', 'SendMessage', 'Put', 'SendMessageBatch']);
});
