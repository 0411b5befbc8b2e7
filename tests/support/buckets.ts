import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { LOCAL } from '../../samples/demo/local-names.ts';

/** Puts a CSV into the drop folder; gives its key and eTag. */
export async function dropCsv(
  s3: S3Client,
  { name, csv, metadata = {} }: { name: string; csv: string; metadata?: Record<string, string> },
): Promise<{ key: string; eTag: string }> {
  const object = { Bucket: LOCAL.dataBucket, Key: `incoming/drop/${name}` };
  await s3.send(new PutObjectCommand({ ...object, Body: csv, Metadata: metadata }));
  const { ETag = '' } = await s3.send(new HeadObjectCommand(object));
  return { key: object.Key, eTag: ETag.replaceAll('"', '') };
}

/** Takes the images bucket away with all that is in it, so that nothing can be stored; gives the way back. */
export async function removeImagesBucket(s3: S3Client): Promise<() => Promise<unknown>> {
  const Bucket = LOCAL.imagesBucket;
  for (;;) {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    if (Contents.length === 0) break;
    const Objects = Contents.map(({ Key }) => ({ Key }));
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  }
  await s3.send(new DeleteBucketCommand({ Bucket }));
  return () => s3.send(new CreateBucketCommand({ Bucket }));
}
