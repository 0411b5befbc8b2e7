import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBucket } from '../../lib/aws/objects.ts';
import { openEndpoint, strict, type Endpoint } from './endpoint.ts';

let at: Endpoint;
let Bucket: string;
beforeAll(async () => {
  at = await openEndpoint();
  Bucket = await at.makeBucket();
});
afterAll(() => at.stop());

const put = (Key: string, Body: string | Uint8Array = Key, into = Bucket) =>
  at.s3.send(new PutObjectCommand({ Bucket: into, Key, Body }));
const read = async (Key: string) => {
  const { Body } = await at.s3.send(new GetObjectCommand({ Bucket, Key }));
  return buffer(Body as Readable);
};

test('an object comes back byte for byte with its headers and metadata', async () => {
  const bytes = randomBytes(200_000);
  const put = await at.s3.send(
    new PutObjectCommand({
      Bucket,
      Key: 'images/1.webp',
      Body: bytes,
      ContentType: 'image/webp',
      CacheControl: 'public, max-age=31536000, immutable',
      Metadata: { format: 'webp', quality: '80' },
    }),
  );
  const head = await at.s3.send(new HeadObjectCommand({ Bucket, Key: 'images/1.webp' }));
  expect(head).toMatchObject({
    ContentLength: 200_000,
    ContentType: 'image/webp',
    CacheControl: 'public, max-age=31536000, immutable',
    Metadata: { format: 'webp', quality: '80' },
    ETag: put.ETag,
  });
  expect((await read('images/1.webp')).equals(bytes)).toBe(true);
});

test.each(['a b+c', 'ü/日本.csv', "it's (1)&<2>.csv", 'a//b/../c', '100%', '#?x=1'])(
  'the key %j is kept as it is',
  async (key) => {
    await put(key);
    expect((await read(key)).toString()).toBe(key);
  },
);

test('an empty object is an object', async () => {
  await put('empty', '');
  expect(await read('empty')).toHaveLength(0);
});

test('a stream of unknown make is stored without what the SDK wraps around it', async () => {
  const s3 = new S3Client({ ...at.config, forcePathStyle: true, requestChecksumCalculation: 'WHEN_SUPPORTED' });
  const bytes = randomBytes(300_000);
  const chunks = Array.from({ length: 30 }, (_, n) => bytes.subarray(n * 10_000, (n + 1) * 10_000));
  await s3.send(
    new PutObjectCommand({ Bucket, Key: 'stream', Body: Readable.from(chunks), ContentLength: bytes.length }),
  );
  expect((await read('stream')).equals(bytes)).toBe(true);
});

test('a range is answered with those bytes only', async () => {
  await put('range', '0123456789');
  const range = async (Range: string) => {
    const { Body, ContentRange } = await at.s3.send(new GetObjectCommand({ Bucket, Key: 'range', Range }));
    return [await Body!.transformToString(), ContentRange];
  };
  expect(await range('bytes=2-4')).toEqual(['234', 'bytes 2-4/10']);
  expect(await range('bytes=7-')).toEqual(['789', 'bytes 7-9/10']);
  expect(await range('bytes=-2')).toEqual(['89', 'bytes 8-9/10']);
});

test('a put that must not overwrite does not', async () => {
  await put('first', 'first');
  const second = at.s3.send(new PutObjectCommand({ Bucket, Key: 'first', Body: 'second', IfNoneMatch: '*' }));
  await expect(second).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
  expect((await read('first')).toString()).toBe('first');
  await at.s3.send(new PutObjectCommand({ Bucket, Key: 'other', Body: 'second', IfNoneMatch: '*' }));
});

const copy = (options: { CopySourceIfMatch?: string | undefined } = {}) =>
  at.s3.send(new CopyObjectCommand({ Bucket, Key: 'copied', CopySource: `${Bucket}/in/a%20b.csv`, ...options }));

test('a copy takes bytes and metadata along', async () => {
  const { ETag } = await at.s3.send(
    new PutObjectCommand({ Bucket, Key: 'in/a b.csv', Body: 'copy me', ContentType: 'text/csv', Metadata: { q: '1' } }),
  );
  await copy({ CopySourceIfMatch: ETag });
  const head = await at.s3.send(new HeadObjectCommand({ Bucket, Key: 'copied' }));
  expect(head).toMatchObject({ ContentType: 'text/csv', Metadata: { q: '1' }, ETag });
  expect((await read('copied')).toString()).toBe('copy me');
});

strict('a copy of what has changed meanwhile is refused', async () => {
  await put('in/a b.csv', 'changed');
  const stale = copy({ CopySourceIfMatch: '"00000000000000000000000000000000"' });
  await expect(stale).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
});

test('what is not there is told as such', async () => {
  await expect(read('missing')).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(at.s3.send(new HeadObjectCommand({ Bucket, Key: 'missing' }))).rejects.toMatchObject({
    name: 'NotFound',
  });
  const copy = new CopyObjectCommand({ Bucket, Key: 'x', CopySource: `${Bucket}/missing` });
  await expect(at.s3.send(copy)).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('a large object goes up in parts and comes back whole', async () => {
  const bytes = randomBytes(12 * 1024 * 1024 + 5);
  await new Upload({
    client: at.s3,
    params: {
      Bucket,
      Key: 'parts',
      Body: Readable.from([bytes.subarray(0, 7_000_000), bytes.subarray(7_000_000)]),
      ContentType: 'text/csv',
    },
  }).done();
  const head = await at.s3.send(new HeadObjectCommand({ Bucket, Key: 'parts' }));
  expect(head).toMatchObject({ ContentLength: bytes.length, ContentType: 'text/csv' });
  expect(head.ETag).toMatch(/-3"$/);
  expect((await read('parts')).equals(bytes)).toBe(true);
});

test('an upload that is given up leaves no object', async () => {
  const { UploadId } = await at.s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'given up' }));
  await at.s3.send(new UploadPartCommand({ Bucket, Key: 'given up', UploadId, PartNumber: 1, Body: 'x' }));
  await at.s3.send(new AbortMultipartUploadCommand({ Bucket, Key: 'given up', UploadId }));
  await expect(read('given up')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('objects are listed by prefix in byte order, page by page, and folded at the delimiter', async () => {
  const bucket = await at.makeBucket();
  const keys = ['list/B', 'list/a', 'list/a-1', 'list/a/1', 'list/a/2', 'list/é', 'other'];
  for (const Key of keys) await at.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }));
  const found: (string | undefined)[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await at.s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: 'list/', MaxKeys: 2, ContinuationToken }),
    );
    found.push(...page.Contents!.map(({ Key }) => Key));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken);
  expect(found).toEqual(keys.slice(0, 6));
  const folded = await at.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'list/', Delimiter: '/' }));
  expect(folded.CommonPrefixes).toEqual([{ Prefix: 'list/a/' }]);
  expect(folded.Contents!.map(({ Key }) => Key)).toEqual(['list/B', 'list/a', 'list/a-1', 'list/é']);
});

test('deleted objects are gone, and deleting twice is no error', async () => {
  for (const key of ['d1', 'd2', 'd3']) await put(key);
  await at.s3.send(new DeleteObjectCommand({ Bucket, Key: 'd1' }));
  await at.s3.send(new DeleteObjectCommand({ Bucket, Key: 'd1' }));
  await at.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'd2' }, { Key: 'd3' }] } }));
  for (const key of ['d1', 'd2', 'd3']) await expect(read(key)).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('a bucket is listed beyond its first thousand keys, and they are deleted by one call for a thousand', async () => {
  const name = await at.makeBucket();
  const bucket = openBucket(name, at.s3);
  const keys = Array.from({ length: 1_001 }, (_, image) => `01K6/${image}-1.jpg`).toSorted();
  await Promise.all([...keys, '01K7/0-1.jpg'].map((Key) => put(Key, 'x', name)));
  expect(await Readable.from(bucket.list('01K6/')).toArray()).toEqual(keys);
  await bucket.delete([...keys, '01K6/missing.jpg']);
  expect(await Readable.from(bucket.list('01K')).toArray()).toEqual(['01K7/0-1.jpg']);
});
