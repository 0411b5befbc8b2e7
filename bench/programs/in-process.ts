import type { Context, SQSEvent } from 'aws-lambda';
import { readFile } from 'node:fs/promises';
import { handler as compressImages } from '../../functions/compress-images.ts';
import { handler as finishRequest } from '../../functions/finish-request.ts';
import { handler as getStatus } from '../../functions/get-status.ts';
import { handler as uploadCsv } from '../../functions/upload-csv.ts';
import { emulatorClients } from '../../infra/local/aws.ts';
import { startSqsSource, type SqsSource } from '../../infra/local/sqs-source.ts';
import type { ApiEvent } from '../../lib/http/api.ts';
import { AcceptedView } from '../../lib/requests/accepted-view.ts';
import { StatusView } from '../../lib/requests/views.ts';
import { allCompressed } from '../all-compressed.ts';
import { answer } from '../child.ts';
import { countCalls } from '../count-calls.ts';
import { costOf, type Cost } from '../timed.ts';

export type PipelineInput = { warmUp: string; csv: string; pagesAtOnce: number; effort: string };
export type PipelineRun = { cost: Cost; calls: Record<string, number> };

const { AWS_ENDPOINT_URL = '', AWS_REGION = '', PAGES_QUEUE_URL = '', FINISH_QUEUE_URL = '' } = process.env;
const { sqs } = emulatorClients(AWS_ENDPOINT_URL, AWS_REGION);
const context = { getRemainingTimeInMillis: () => 120_000 } as Context;
let finished = Promise.withResolvers<undefined>();

/** The functions in this one process, fed by their queues as Lambda feeds them; no framework around them. */
await answer(async ({ warmUp, csv, pagesAtOnce, effort }: PipelineInput): Promise<PipelineRun> => {
  const pages = source(PAGES_QUEUE_URL, pagesAtOnce, (event) => compressImages(event, context));
  const finish = source(FINISH_QUEUE_URL, 1, async (event) => {
    const report = await finishRequest(event, context);
    finished.resolve(undefined);
    return report;
  });
  await run(warmUp, effort);
  const calls = countCalls();
  let requestId = '';
  const cost = await costOf(async () => {
    requestId = await run(csv, effort);
  });
  await Promise.all([pages.stop(), finish.stop()]);
  const byKind = calls.stop();
  allCompressed(StatusView.parse(JSON.parse(await call(getStatus, { pathParameters: { requestId } }))));
  return { cost, calls: byKind };
});

/** Uploads a CSV and waits until its result is written. */
async function run(csv: string, effort: string): Promise<string> {
  finished = Promise.withResolvers();
  const upload = {
    headers: { 'content-type': 'text/csv' },
    queryStringParameters: { fileName: 'bench.csv', effort },
    body: await readFile(csv, 'utf8'),
  };
  const { requestId } = AcceptedView.parse(JSON.parse(await call(uploadCsv, upload)));
  await finished.promise;
  return requestId;
}

async function call(handler: typeof uploadCsv, event: Partial<ApiEvent>): Promise<string> {
  const response = await handler({ headers: {}, requestContext: {}, ...event } as ApiEvent, context);
  if ((response.statusCode ?? 500) >= 300) throw new Error(response.body);
  return response.body ?? '';
}

function source(url: string, maximumConcurrency: number, invoke: (event: SQSEvent) => Promise<unknown>): SqsSource {
  return startSqsSource({
    sqs,
    queue: { url, arn: `arn:aws:sqs:${AWS_REGION}:000000000000:bench` },
    batchSize: 1,
    maximumConcurrency,
    functionResponseType: 'ReportBatchItemFailures',
    invoke,
    onError: (error) => console.error(error),
  });
}
