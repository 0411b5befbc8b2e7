import type { SQSEvent } from 'aws-lambda';
import { flushCompileCache } from 'node:module';
import { emulatorClients } from '../../../infra/local/aws.ts';
import { startSqsSource } from '../../../infra/local/sqs-source.ts';
import { callingAs, release, take, watchCalls } from './obey.ts';
import type { FromWorker, ToWorker } from './protocol.ts';

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

/** Which function reads which queue, and how many of it at once. */
const READERS = [
  { queue: 'ingest', functionName: 'ingest-csv', atOnce: 2 },
  { queue: 'pages', functionName: 'compress-images', atOnce: 3 },
  { queue: 'finish', functionName: 'finish-request', atOnce: 2 },
  { queue: 'webhooks', functionName: 'notify-webhook', atOnce: 2 },
];

/**
 * The functions in one process that also feeds them their queues, until it is killed. It is ready before it is needed, so
 * that one takes the place of another at once. Its settings are its environment, as everywhere.
 */
watchCalls();
await Promise.all(['upload-csv', ...READERS.map(({ functionName }) => functionName)].map(handlerOf));
process.on('message', (message: ToWorker) => obeyParent(message));
process.on('disconnect', () => process.exit());
tell({ kind: 'ready' });

async function handlerOf(functionName: string): Promise<Handler> {
  const { handler } = (await import(`../../../functions/${functionName}.ts`)) as { handler: Handler };
  return handler;
}

function obeyParent(message: ToWorker): void {
  switch (message.kind) {
    case 'go':
      readQueues();
      break;
    case 'orders':
      take(message.orders);
      break;
    case 'release':
      release();
      break;
    case 'keep compiled code':
      flushCompileCache();
      break;
    case 'call':
      void answer(message);
  }
}

async function answer({ id, functionName, event }: Extract<ToWorker, { kind: 'call' }>): Promise<void> {
  try {
    tell({ kind: 'answer', id, answer: await invoke(functionName, event) });
  } catch (error) {
    tell({ kind: 'answer', id, error: String(error) });
  }
}

function readQueues(): void {
  const { sqs } = emulatorClients(process.env.AWS_ENDPOINT_URL ?? '', process.env.AWS_REGION ?? '');
  for (const { queue, functionName, atOnce } of READERS) {
    const by = `poller of ${queue}`;
    startSqsSource({
      sqs: { send: ((...call: [never]) => callingAs(by, () => sqs.send(...call))) as typeof sqs.send },
      queue: { url: process.env[`${queue.toUpperCase()}_QUEUE_URL`] ?? '', arn: `arn:aws:sqs:::${queue}` },
      batchSize: 1,
      maximumConcurrency: atOnce,
      functionResponseType: 'ReportBatchItemFailures',
      invoke: (event: SQSEvent) => invoke(functionName, event),
      onError: (error) => console.error(error),
    });
  }
}

/** Time enough for anything: what runs out of it is tested elsewhere. */
const CONTEXT = { functionName: 'worker', awsRequestId: 'worker', getRemainingTimeInMillis: () => 60_000 };

const invoke = (functionName: string, event: unknown): Promise<unknown> =>
  callingAs(functionName, async () => (await handlerOf(functionName))(event, CONTEXT));

function tell(message: FromWorker): void {
  process.send?.(message);
}
