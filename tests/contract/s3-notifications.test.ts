import { CopyObjectCommand, PutBucketNotificationConfigurationCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { DeleteMessageCommand } from '@aws-sdk/client-sqs';
import type { S3Event, S3EventRecord } from 'aws-lambda';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEndpoint, strict, type Endpoint } from './endpoint.ts';

let at: Endpoint;
let Bucket: string;
let queue: { url: string; arn: string };

beforeAll(async () => {
  at = await openEndpoint();
  Bucket = await at.makeBucket();
  queue = await at.makeQueue();
  await at.s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: {
        QueueConfigurations: [
          {
            QueueArn: queue.arn,
            Events: ['s3:ObjectCreated:*'],
            Filter: { Key: { FilterRules: [{ Name: 'prefix', Value: 'incoming/' }] } },
          },
        ],
      },
    }),
  );
});
afterAll(() => at.stop());

/** The next event about an object; S3 also sends a test event when the notification is set up. */
async function nextRecord() {
  for (;;) {
    const [message] = await at.receive(queue.url, { seconds: 5, max: 1 });
    if (!message) return undefined;
    await at.sqs.send(new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle: message.ReceiptHandle }));
    const { Records } = JSON.parse(message.Body!) as Partial<S3Event>;
    if (Records) return Records[0];
  }
}

const keyOf = (record: S3EventRecord | undefined) => decodeURIComponent(record!.s3.object.key.replaceAll('+', ' '));

test('a put is told with the key as a form would write it', async () => {
  const { ETag } = await at.s3.send(
    new PutObjectCommand({ Bucket, Key: 'incoming/drop/my file+ü.csv', Body: 'hello' }),
  );
  const record = await nextRecord();
  expect(record).toMatchObject({
    eventSource: 'aws:s3',
    eventName: 'ObjectCreated:Put',
    s3: {
      bucket: { name: Bucket },
      object: { size: 5, eTag: ETag!.replaceAll('"', '') },
    },
  });
  expect(keyOf(record)).toBe('incoming/drop/my file+ü.csv');
});

strict('a key in an event keeps its slashes, and the event can be ordered', async () => {
  await at.s3.send(new PutObjectCommand({ Bucket, Key: 'incoming/drop/a b', Body: 'x' }));
  const record = await nextRecord();
  expect(record!.s3.object.key).toBe('incoming/drop/a+b');
  expect(record!.s3.object.sequencer).toMatch(/^[0-9A-F]+$/);
});

test('an object outside the prefix is not told', async () => {
  await at.s3.send(new PutObjectCommand({ Bucket, Key: 'uploads/x.csv', Body: 'x' }));
  await at.s3.send(new PutObjectCommand({ Bucket, Key: 'incoming/x.csv', Body: 'x' }));
  expect(keyOf(await nextRecord())).toBe('incoming/x.csv');
});

test('a form upload, a copy and an upload in parts are told too', async () => {
  const { url, fields } = await createPresignedPost(at.s3, { Bucket, Key: 'incoming/form' });
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob(['x']), 'x.csv');
  await fetch(url, { method: 'POST', body: form });
  expect(keyOf(await nextRecord())).toBe('incoming/form');
  await at.s3.send(new CopyObjectCommand({ Bucket, Key: 'incoming/copy', CopySource: `${Bucket}/incoming/form` }));
  expect(keyOf(await nextRecord())).toBe('incoming/copy');
  const Body = Readable.from([Buffer.alloc(6_000_000), Buffer.alloc(1000)]);
  await new Upload({ client: at.s3, params: { Bucket, Key: 'incoming/parts', Body } }).done();
  expect((await nextRecord())?.s3.object.size).toBe(6_001_000);
});
