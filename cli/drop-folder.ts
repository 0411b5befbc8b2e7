import { createReadStream } from 'node:fs';
import { PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { CsvFile } from './csv-file.ts';
import { CliError, TransientError, systemCode } from './errors.ts';
import { ExitCode } from './exit-codes.ts';
import type { ImageOptions } from './image-options.ts';

const DROP_PREFIX = 'incoming/drop/';

/** Faults are told once, by this program. */
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

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
    throw signal.aborted ? error : dropError(bucket, error);
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

const dropError = (bucket: string, error: unknown): CliError => {
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const message = `Cannot put the file into bucket ${bucket} (${reason})`;
  if (error instanceof S3ServiceException) {
    const passes = (error.$metadata.httpStatusCode ?? 500) >= 500;
    return passes
      ? new TransientError(message, { cause: error })
      : new CliError(ExitCode.refused, message, { cause: error });
  }
  // Without a system's code it is the SDK itself: no region, no credentials.
  return systemCode(error) === undefined
    ? new CliError(ExitCode.usage, message, { cause: error })
    : new TransientError(message, { cause: error });
};
