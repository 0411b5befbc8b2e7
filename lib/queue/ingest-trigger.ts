import * as z from 'zod';
import type { Arrival } from '../requests/receive-file.ts';
import { IngestMessage } from '../requests/messages.ts';

const S3Record = z.object({
  s3: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({
      key: z.string(),
      eTag: z.string(),
      versionId: z.string().optional(),
      sequencer: z.string().optional(),
    }),
  }),
});

/** What S3 sends when notifications are set up; nothing has arrived yet. */
const TestEvent = z.object({ Event: z.literal('s3:TestEvent') });

/**
 * The ingest queue's messages: S3's events and our own. S3 writes keys as in a form (`+` for a space). The version tells
 * two events of one key apart: `sequencer` is there where versions are off, eTag is the last resort of emulators.
 */
export const IngestTrigger = z.union([
  IngestMessage.transform((message): Trigger => ({ message, arrivals: [] })),
  TestEvent.transform((): Trigger => ({ arrivals: [] })),
  z.object({ Records: z.array(S3Record) }).transform(({ Records }): Trigger => ({ arrivals: Records.map(toArrival) })),
]);

type Trigger = { message?: IngestMessage; arrivals: Arrival[] };

function toArrival({ s3: { bucket, object } }: z.output<typeof S3Record>): Arrival {
  return {
    bucket: bucket.name,
    key: decodeURIComponent(object.key.replaceAll('+', ' ')),
    eTag: object.eTag,
    version: object.versionId ?? object.sequencer ?? object.eTag,
  };
}
