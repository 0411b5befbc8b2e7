import { createReadStream } from 'node:fs';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { awsFailure, silent } from './aws-failure.ts';
import type { CsvFile } from './csv-file.ts';
import type { ImageOptions } from './image-options.ts';

const DROP_PREFIX = 'incoming/drop/';

export type Drop = { bucket: string; file: CsvFile; options: ImageOptions };

/** Puts the file into the drop folder, its options beside it as metadata; gives its key. Credentials, region and endpoint are those of the AWS environment. */
export const putIntoDropFolder = async ({ bucket, file, options }: Drop, signal: AbortSignal): Promise<string> => {
  const key = `${DROP_PREFIX}${file.name}`;
  const s3 = new S3Client({
    // Emulators have no host name per bucket.
    forcePathStyle: Boolean(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    logger: silent,
  });
  const put = new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: createReadStream(file.path),
    ContentLength: file.size,
    ContentType: 'text/csv',
    Metadata: dropMetadata(options),
  });
  try {
    await s3.send(put, { abortSignal: signal });
  } catch (error) {
    throw awsFailure(`Cannot put the file into bucket ${bucket}`, error, signal);
  } finally {
    s3.destroy();
  }
  return key;
};

/** S3 keeps metadata names in lower case only. */
const dropMetadata = (options: Readonly<Record<string, string | number | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), String(value)] as const],
    ),
  );
