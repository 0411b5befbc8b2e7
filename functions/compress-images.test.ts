import { PutObjectCommand } from '@aws-sdk/client-s3';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { photo } from '../lib/images/test-images.ts';
import { startServer, type TestServer } from '../lib/outbound/test-server.ts';
import type { PageMessage } from '../lib/requests/messages.ts';
import { lambdaContext, readSqsEvent, SETTINGS, sqsEvent, useEnvironmentOf } from '../tests/fakes/lambda.ts';
import { imageDone, makeRecord, REQUEST_ID, requestItem } from '../tests/fakes/make-request.ts';
import { mockAws, spelledOut, valuesOf } from '../tests/fakes/mock-aws.ts';

const jpeg = await photo(64, 48).jpeg({ quality: 100 }).toBuffer();
let host: TestServer;
let asked: string[] = [];
let handler: (typeof import('./compress-images.ts'))['handler'];
const aws = mockAws();

beforeAll(async () => {
  host = await startServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url?.startsWith('/ok') === true) response.writeHead(200, { 'content-type': 'image/jpeg' }).end(jpeg);
    else if (request.url === '/hanging') return;
    else if (request.url === '/busy') response.writeHead(503, { 'retry-after': '40' }).end();
    else response.writeHead(404).end();
  });
  useEnvironmentOf('compress-images');
  process.env.OUTBOUND_ALLOWED_HOSTS = `127.0.0.1:${host.port}`;
  ({ handler } = await import('./compress-images.ts'));
});
afterAll(() => host[Symbol.asyncDispose]());

beforeEach(() => {
  asked = [];
  aws.reset();
  aws.s3.resolves({});
  aws.sqs.resolves({});
  aws.table.on(GetCommand).resolves({ Item: requestItem() });
  const settled = { page: 0, settled: 2, imagesCompressed: 3, productsCompleted: 2 };
  aws.table.on(UpdateCommand, { Key: pageKey }).resolves({ Attributes: settled });
  aws.table.on(UpdateCommand, { Key: groupKey }).resolves({ Attributes: { fullPages: new Set([0]) } });
  const request = requestItem({ fullGroups: new Set([0]) });
  aws.table.on(UpdateCommand, { Key: requestKey }).resolves({ Attributes: request });
});

const pageKey = { pk: `REQ#${REQUEST_ID}#G0`, sk: 'PAGE#0000000' };
const groupKey = { pk: `REQ#${REQUEST_ID}#G0`, sk: 'GROUP' };
const requestKey = { pk: `REQ#${REQUEST_ID}`, sk: 'REQUEST' };

/** The recorded page with its images on the local server. */
function page(...paths: string[][]): PageMessage {
  const { Records } = readSqsEvent('compress-images.page');
  const message = JSON.parse(Records[0]!.body) as PageMessage;
  const products = paths.map((own, index) => ({
    ...message.products[index]!,
    imageUrls: own.map((path) => `http://127.0.0.1:${host.port}${path}`),
  }));
  return { ...message, products };
}
const call = (message: unknown, attempt = 1, remainingMs?: number) =>
  handler(sqsEvent([message], { attempt }), lambdaContext(remainingMs)) as Promise<{ batchItemFailures: unknown[] }>;
const none = { batchItemFailures: [] };
const returned = { batchItemFailures: [{ itemIdentifier: 'message-0' }] };

test('stores every image before its product is settled, then walks up to the finish message', async () => {
  expect(await call(page(['/ok/1'], ['/ok/2', '/ok/3']))).toEqual(none);
  expect(aws.names()).toEqual([
    ...['Get', 'PutObject', 'PutObject', 'PutObject'],
    ...['Update', 'Update', 'Update', 'SendMessage'],
  ]);
  const stored = aws.inputs('PutObject').map(({ Key }) => Key);
  expect(stored.toSorted()).toEqual([`${REQUEST_ID}/0-1.jpg`, `${REQUEST_ID}/1-1.jpg`, `${REQUEST_ID}/1-2.jpg`]);
  expect(aws.inputs('SendMessage')).toEqual([
    {
      QueueUrl: SETTINGS.FINISH_QUEUE_URL,
      MessageBody: JSON.stringify({ requestId: REQUEST_ID, generation: 1 }),
      DelaySeconds: 0,
    },
  ]);
});

test('an output is a smaller JPEG for ever, at the address that the record names', async () => {
  await call(page(['/ok/1']));
  const put = aws.input('PutObject');
  expect(put).toMatchObject({
    Bucket: 'rowpress-images',
    ContentType: 'image/jpeg',
    CacheControl: 'public, max-age=31536000, immutable',
  });
  expect(put.Body.length).toBeLessThan(jpeg.length);
  expect(put.Body.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
  const settle = aws.input('Update');
  const [record] = valuesOf(settle);
  expect(record).toMatchObject({
    status: 'COMPLETED',
    output_urls: [`https://images.rowpress.example/${REQUEST_ID}/0-1.jpg`],
    images: [{ width: 64, height: 48, format: 'jpeg', bytesIn: jpeg.length, bytesOut: put.Body.length }],
  });
});

test('each step up the tree is taken once, by its own condition', async () => {
  await call(page(['/ok/1'], ['/ok/2']));
  expect(aws.inputs('Update').map((input) => [input.Key.sk, spelledOut(input, 'ConditionExpression')])).toEqual([
    ['PAGE#0000000', 'attribute_not_exists(r0) AND attribute_not_exists(r1)'],
    ['GROUP', 'NOT contains(fullPages, 0)'],
    ['REQUEST', 'generation = 1 AND NOT contains(fullGroups, 0)'],
  ]);
});

test('the request is read consistently: a page may be here before its request is everywhere', async () => {
  const message = { ...page(['/ok/1']), requestId: '01K6XJ5T3N8Z4QW2V7YBCDEFGJ' };
  aws.table.on(UpdateCommand).resolves({ Attributes: { page: 0, settled: 0 } });
  await call(message);
  expect(aws.inputs('Get')).toEqual([expect.objectContaining({ ConsistentRead: true })]);
});

test('what the server refuses for good ends the image with its code at once', async () => {
  expect(await call(page(['/missing']))).toEqual(none);
  expect(asked).toEqual(['/missing']);
  const settle = aws.input('Update');
  expect(valuesOf(settle)[0]).toMatchObject({
    status: 'FAILED',
    images: [{ code: 'not_found', httpStatus: 404 }],
  });
});

test('what may come later is kept as a draft and asked for again when the server said, its neighbour settled', async () => {
  expect(await call(page(['/ok/1'], ['/ok/2', '/busy']))).toEqual(returned);
  const [settle, draft] = aws.inputs('Update').filter(({ Key }) => Key.sk.startsWith('PAGE'));
  expect(spelledOut(settle!, 'ConditionExpression')).toBe('attribute_not_exists(r0)');
  expect(spelledOut(draft!, 'ConditionExpression')).toBe('attribute_not_exists(r1)');
  expect(valuesOf(draft!)[0]).toEqual([expect.objectContaining({ format: 'jpeg' }), null]);
  expect(aws.calls().at(-1)).toEqual({
    name: 'ChangeMessageVisibility',
    input: { QueueUrl: SETTINGS.PAGES_QUEUE_URL, ReceiptHandle: 'receipt-0', VisibilityTimeout: 40 },
  });
});

test('a redelivery looks first and fetches only what is open', async () => {
  const known = { page: 0, settled: 1, returned: 1, r0: makeRecord(0, [imageDone()]), d1: [imageDone(), null] };
  aws.table.on(GetCommand, { Key: pageKey }).resolves({ Item: known });
  expect(await call(page(['/ok/1'], ['/ok/2', '/ok/3']), 2)).toEqual(none);
  expect(asked).toEqual(['/ok/3']);
  expect(aws.inputs('PutObject').map(({ Key }) => Key)).toEqual([`${REQUEST_ID}/1-2.jpg`]);
});

test('a redelivery of a page whose last delivery died tries one image after another, and writes each try down first', async () => {
  const known = { page: 0, settled: 1, r0: makeRecord(0, [imageDone()]), d1: [1, null] };
  aws.table.on(GetCommand, { Key: pageKey }).resolves({ Item: known });
  expect(await call(page(['/ok/1'], ['/ok/2', '/ok/3']), 2)).toEqual(none);
  expect(asked).toEqual(['/ok/3', '/ok/2']);
  const drafts = aws
    .inputs('Update')
    .map((input) => valuesOf(input)[0])
    .filter(Array.isArray);
  expect(drafts).toMatchObject([
    [1, 1],
    [2, { format: 'jpeg' }],
  ]);
});

test('an S3 that fails is trouble of our own: nothing is settled and the message comes back', async () => {
  aws.s3.on(PutObjectCommand).rejects(new Error('S3 is down'));
  aws.table.on(GetCommand, { Key: pageKey }).resolves({});
  expect(await call(page(['/ok/1']))).toEqual(returned);
  expect(aws.inputs('Update').map((input) => spelledOut(input, 'UpdateExpression'))).toEqual([
    expect.stringMatching(/^SET returned = 1, /),
  ]);
  expect(aws.inputs('ChangeMessageVisibility')).toMatchObject([{ VisibilityTimeout: 10 }]);
});

test.each(['poison.not-json', 'poison.older-shape'])('%s is returned and harms nothing', async (name) => {
  const event = readSqsEvent(name);
  const answer = await handler(event, lambdaContext());
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: event.Records[0]!.messageId }] });
  expect(aws.names()).toEqual(['ChangeMessageVisibility']);
});

test('what there is no time for is passed on by a message of its own', async () => {
  aws.table.on(UpdateCommand, { Key: pageKey }).resolves({ Attributes: { page: 0, settled: 1 } });
  const message = page(['/ok/1'], ['/hanging']);
  expect(await call(message, 1, 9_000)).toEqual(none);
  expect(aws.inputs('SendMessage')).toMatchObject([{ QueueUrl: SETTINGS.PAGES_QUEUE_URL, DelaySeconds: 0 }]);
  expect(JSON.parse(aws.inputs('SendMessage')[0]!.MessageBody)).toEqual({ ...message, again: true });
});
