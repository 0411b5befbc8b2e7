import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, test } from 'vitest';
import { bodyOf } from '../../tests/fakes/mock-aws.ts';
import { ObjectMissing, openBucket } from './objects.ts';

const s3 = mockClient(S3Client);
const bucket = openBucket('data', new S3Client({ region: 'eu-central-1' }));

beforeEach(() => void s3.reset());

test('an object is put with its headers', async () => {
  s3.on(PutObjectCommand).resolves({});
  const Body = Buffer.from('x');
  await bucket.put('a/b.jpg', Body, { contentType: 'image/jpeg', cacheControl: 'immutable' });
  const expected = { Bucket: 'data', Key: 'a/b.jpg', Body, ContentType: 'image/jpeg', CacheControl: 'immutable' };
  expect(s3.commandCalls(PutObjectCommand)[0]!.args[0].input).toEqual(expected);
});

test('an object is read as a stream', async () => {
  s3.on(GetObjectCommand).resolves({ Body: bodyOf('SKU,Image URL') });
  expect(await text(await bucket.read('a'))).toBe('SKU,Image URL');
});

test('a head has size, tag and metadata', async () => {
  s3.on(HeadObjectCommand).resolves({ ContentLength: 7, ETag: '"abc"', Metadata: { format: 'webp' } });
  expect(await bucket.head('a')).toEqual({ bytes: 7, eTag: '"abc"', metadata: { format: 'webp' } });
});

test('a copy names its source as a URL does and only takes the object that is meant', async () => {
  s3.on(CopyObjectCommand).resolves({});
  await bucket.copy({ key: 'incoming/drop/50% off/ü +&?#.csv', eTag: '"abc"' }, 'uploads/1.csv');
  expect(s3.commandCalls(CopyObjectCommand)[0]!.args[0].input).toMatchObject({
    Bucket: 'data',
    Key: 'uploads/1.csv',
    CopySource: 'data/incoming/drop/50%25%20off/%C3%BC%20%2B%26%3F%23.csv',
    CopySourceIfMatch: '"abc"',
  });
});

test('keys are listed page by page', async () => {
  s3.on(ListObjectsV2Command)
    .resolvesOnce({ Contents: [{ Key: 'a/1' }, { Key: 'a/2' }], NextContinuationToken: 'next' })
    .resolves({ Contents: [{ Key: 'a/3' }] });
  expect(await Readable.from(bucket.list('a/')).toArray()).toEqual(['a/1', 'a/2', 'a/3']);
  expect(s3.commandCalls(ListObjectsV2Command).map(({ args }) => args[0].input)).toEqual([
    { Bucket: 'data', Prefix: 'a/', ContinuationToken: undefined },
    { Bucket: 'data', Prefix: 'a/', ContinuationToken: 'next' },
  ]);
});

test('keys are deleted a thousand at once', async () => {
  s3.on(DeleteObjectsCommand).resolves({});
  await bucket.delete([]);
  await bucket.delete(Array.from({ length: 1001 }, (_, at) => `a/${at}`));
  const batches = s3.commandCalls(DeleteObjectsCommand).map(({ args }) => args[0].input.Delete?.Objects);
  expect(batches.map((objects) => objects?.length)).toEqual([1000, 1]);
  expect(batches[1]).toEqual([{ Key: 'a/1000' }]);
});

test('a key that is not deleted is an error, although the call was none', async () => {
  s3.on(DeleteObjectsCommand).resolves({ Errors: [{ Key: 'a', Code: 'AccessDenied' }, { Key: 'b' }] });
  await expect(bucket.delete(['a', 'b'])).rejects.toThrow('S3 did not delete a and 1 more: AccessDenied');
});

const gone = [
  ['NoSuchKey', new NoSuchKey({ message: 'inside', $metadata: {} })],
  ['NotFound', new NotFound({ message: 'inside', $metadata: {} })],
  ['PreconditionFailed', Object.assign(new Error('inside'), { name: 'PreconditionFailed' })],
] as const;

describe.each(gone)('S3’s %s', (_name, error) => {
  test.each([
    ['read', () => bucket.read('a')],
    ['head', () => bucket.head('a')],
    ['copy', () => bucket.copy({ key: 'a', eTag: '"x"' }, 'b')],
  ])('is ObjectMissing for a %s', async (_call, call) => {
    s3.rejects(error);
    await expect(call()).rejects.toThrow(ObjectMissing);
  });
});

test('other trouble is thrown as it is', async () => {
  s3.rejects(Object.assign(new Error('no'), { name: 'AccessDenied' }));
  await expect(bucket.head('a')).rejects.toMatchObject({ name: 'AccessDenied' });
});
