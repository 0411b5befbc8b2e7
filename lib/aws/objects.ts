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
import { Readable } from 'node:stream';
import { usesOtherEndpoint } from '../env.ts';

export type ObjectHead = { bytes: number; eTag: string; metadata: Record<string, string> };

/** What the product asks of a bucket; tests hand in one that lives in memory. */
export type Objects = {
  put(key: string, body: Uint8Array, headers: { contentType: string; cacheControl?: string }): Promise<void>;
  /** Throws ObjectMissing. */
  read(key: string): Promise<AsyncIterable<Uint8Array>>;
  /** Throws ObjectMissing. */
  head(key: string): Promise<ObjectHead>;
  /** Copies within the bucket; throws ObjectMissing when the source is gone or is not what its eTag says any more. */
  copy(from: { key: string; eTag: string }, to: string): Promise<void>;
  /** The keys that begin so, in byte order. */
  list(prefix: string): AsyncIterable<string>;
  /** What is not there is passed over. */
  delete(keys: readonly string[]): Promise<void>;
};

/** What one call may delete. */
const DELETED_MOST = 1000;

/** The object is not there, or not the one that was meant. */
export class ObjectMissing extends Error {
  override name = 'ObjectMissing';
}

/** The one way S3 clients are made: checksums only where S3 asks for them halve the CPU of a put (measured). */
export function s3Client(): S3Client {
  return new S3Client({
    forcePathStyle: usesOtherEndpoint(),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

/** A bucket of S3. */
export function openBucket(bucket: string, client = s3Client()): Objects {
  return {
    async put(key, body, { contentType, cacheControl }) {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ContentType: contentType,
          CacheControl: cacheControl,
        }),
      );
    },

    read: (key) =>
      orMissing(key, async () => {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        if (!(Body instanceof Readable)) throw new Error(`S3 answered without a stream for ${key}`);
        return Body;
      }),

    head: (key) =>
      orMissing(key, async () => {
        const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return { bytes: head.ContentLength ?? 0, eTag: head.ETag ?? '', metadata: head.Metadata ?? {} };
      }),

    copy: ({ key, eTag }, to) =>
      orMissing(key, async () => {
        const source = `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
        await client.send(
          new CopyObjectCommand({
            Bucket: bucket,
            Key: to,
            CopySource: source,
            CopySourceIfMatch: eTag,
            // Copying an object's tags would need further rights.
            TaggingDirective: 'REPLACE',
          }),
        );
      }),

    list: (prefix) => listKeys(client, bucket, prefix),

    async delete(keys) {
      for (let at = 0; at < keys.length; at += DELETED_MOST) {
        await deleteKeys(client, bucket, keys.slice(at, at + DELETED_MOST));
      }
    },
  };
}

async function* listKeys(client: S3Client, bucket: string, prefix: string): AsyncGenerator<string> {
  let token: string | undefined;
  do {
    const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token });
    const { Contents = [], NextContinuationToken } = await client.send(command);
    for (const { Key } of Contents) if (Key !== undefined) yield Key;
    token = NextContinuationToken;
  } while (token !== undefined);
}

/** The answer is a success even when single keys were refused. */
async function deleteKeys(client: S3Client, bucket: string, keys: readonly string[]): Promise<void> {
  const Objects = keys.map((Key) => ({ Key }));
  const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } });
  const { Errors = [] } = await client.send(command);
  const [first] = Errors;
  if (first) throw new Error(`S3 did not delete ${first.Key ?? ''} and ${Errors.length - 1} more: ${first.Code ?? ''}`);
}

async function orMissing<T>(key: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const gone = error instanceof NoSuchKey || error instanceof NotFound || isPreconditionFailed(error);
    throw gone ? new ObjectMissing(`no object ${key}`, { cause: error }) : error;
  }
}

const isPreconditionFailed = (error: unknown) => error instanceof Error && error.name === 'PreconditionFailed';
