import { readSqsEvent } from '../lambda.ts';
import { eTagOf, type StoredObject } from './memory-s3.ts';

type Recorded = { Records: { s3: { bucket: object; object: object } }[] };

const recorded = JSON.parse(readSqsEvent('ingest-csv.drop').Records[0]!.body) as Recorded;

let sequence = 0;

/** What S3 tells of a new object where infra/buckets.yml asks for it; undefined elsewhere. */
export function s3Notification(
  { Bucket, Key }: { Bucket: string; Key: string },
  object: StoredObject,
  now: number,
): object | undefined {
  if (!Key.startsWith('incoming/')) return undefined;
  const [record] = recorded.Records;
  const described = {
    // As in a form: a plus for a blank.
    key: encodeURIComponent(Key).replaceAll('%2F', '/').replaceAll('%20', '+'),
    size: object.body.length,
    eTag: eTagOf(object).replaceAll('"', ''),
    sequencer: (++sequence).toString(16).toUpperCase().padStart(18, '0'),
  };
  const s3 = { ...record?.s3, bucket: { ...record?.s3.bucket, name: Bucket }, object: described };
  return { Records: [{ ...record, eventTime: new Date(now).toISOString(), s3 }] };
}
