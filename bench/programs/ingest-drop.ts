import type { Context, SQSEvent } from 'aws-lambda';
import { handler as ingestCsv } from '../../functions/ingest-csv.ts';
import { handler as listRequests } from '../../functions/list-requests.ts';
import type { ApiEvent } from '../../lib/http/api.ts';
import { answer } from '../child.ts';
import { costOf } from '../timed.ts';

export type DropInput = { key: string; eTag: string };

const context = { getRemainingTimeInMillis: () => 300_000 } as Context;

/** The function as it is deployed, told by S3 of a dropped file. */
await answer(async ({ key, eTag }: DropInput) => {
  const object = { key, eTag, sequencer: '0001' };
  const body = JSON.stringify({ Records: [{ s3: { bucket: { name: process.env.DATA_BUCKET }, object } }] });
  const event = { Records: [{ messageId: '1', body, attributes: {} }] } as unknown as SQSEvent;
  const cost = await costOf(() => ingestCsv(event, context));
  const { body: list = '' } = await listRequests({ headers: {}, requestContext: {} } as ApiEvent, context);
  if (!list.includes('"status":"PROCESSING"')) throw new Error(`The file was not ingested: ${list}`);
  return cost;
});
