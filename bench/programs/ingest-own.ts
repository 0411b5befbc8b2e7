import { createReadStream } from 'node:fs';
import type { Queue } from '../../lib/aws/queue.ts';
import { DEFAULT_CSV_LIMITS } from '../../lib/csv/limits.ts';
import { ImageOptions } from '../../lib/images/image-options.ts';
import { newRequestId } from '../../lib/requests/ids.ts';
import { ingestCsv } from '../../lib/requests/ingest-csv.ts';
import { newRequest } from '../../lib/requests/new-request.ts';
import { DEFAULT_OWNER } from '../../lib/requests/owner.ts';
import { pageStore } from '../../lib/requests/page-store.ts';
import { requestStore } from '../../lib/requests/request-store.ts';
import { MemoryObjects } from '../../tests/fakes/memory-objects.ts';
import { MemoryTable } from '../../tests/fakes/memory-table.ts';
import { answer } from '../child.ts';
import { costOf } from '../timed.ts';

export type OwnInput = { file: string };

const nowhere: Queue<unknown> = {
  send: () => Promise.resolve(),
  sendAll: () => Promise.resolve(),
  hide: () => Promise.resolve(),
};

/** The use case alone: the CSV from a local file, messages to nowhere. */
await answer(async ({ file }: OwnInput) => {
  const table = new MemoryTable();
  const requests = requestStore(table);
  const fields = { owner: DEFAULT_OWNER, source: 'drop', fileName: 'bench.csv', status: 'RECEIVED' } as const;
  const requestId = newRequestId();
  const rules = { limits: DEFAULT_CSV_LIMITS, ttlDays: 90 };
  await requests.create(newRequest({ ...fields, requestId, options: ImageOptions.parse({}) }, rules, new Date()));
  const data = Object.assign(new MemoryObjects(), { read: () => Promise.resolve(createReadStream(file)) });
  const queues = { pagesQueue: nowhere, finishQueue: nowhere, webhooksQueue: nowhere };
  const cost = await costOf(() =>
    ingestCsv(requestId, { requests, pages: pageStore(table), data, ...queues, now: () => new Date() }),
  );
  const request = await requests.get(requestId);
  if (request?.sealedGeneration !== 1) throw new Error(`The file was not ingested: ${request?.error?.message}`);
  return cost;
});
