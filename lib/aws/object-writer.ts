import { Upload } from '@aws-sdk/lib-storage';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { s3Client } from './objects.ts';

/** Text that is written piece by piece into one object, which appears whole at `close` or not at all. */
export type ObjectWriter = {
  /** Waits while S3 is slower than the writer, so that memory stays bounded by a few parts. */
  write(text: string): Promise<void>;
  close(): Promise<void>;
  /** Leaves nothing behind. */
  abort(reason: Error): Promise<void>;
};

export type OpenObjectWriter = (key: string, headers: { contentType: string }) => ObjectWriter;

/** Writers into a bucket of S3, by multipart upload (parts of 8 MiB, two at a time). */
export function objectWriters(bucket: string, client = s3Client()): OpenObjectWriter {
  return (key, { contentType }) => {
    const body = new PassThrough({ highWaterMark: 1024 * 1024 });
    const upload = new Upload({
      client,
      params: { Bucket: bucket, Key: key, Body: body, ContentType: contentType },
      partSize: 8 * 1024 * 1024,
      queueSize: 2,
    });
    let failure: Error | undefined;
    const done = upload.done().then(
      () => undefined,
      (error: unknown) => {
        failure = error instanceof Error ? error : new Error(String(error));
        body.destroy(failure);
      },
    );
    // The failure is kept above and thrown by the next write or close; without a listener it would end the process.
    body.on('error', () => undefined);
    const finish = async () => {
      await done;
      if (failure) throw failure;
    };
    return {
      async write(text) {
        if (!body.destroyed && !body.write(text)) await once(body, 'drain').catch(() => undefined);
        // S3 has stopped reading: a write would wait for ever, and only the upload knows why.
        if (body.destroyed) await finish();
      },
      async close() {
        body.end();
        await finish();
      },
      async abort(reason) {
        // Not by `upload.abort()`, which is done before what was uploaded is removed: the function might freeze first.
        body.destroy(reason);
        await done;
      },
    };
  };
}
