import { PutObjectCommand } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { emulatorClients } from '../infra/local/aws.ts';
import type { StatusView } from '../lib/requests/views.ts';
import { sampleCsv } from './catalogue.ts';
import { checkRun } from './demo/check-run.ts';
import { LOCAL } from './demo/local-names.ts';
import { reportLines, type Run } from './demo/report.ts';
import { rowpressApi } from './demo/rowpress-api.ts';
import { API_URL, AWS_ENDPOINT, startWhatIsMissing, webhookSecret } from './demo/surroundings.ts';
import { until } from './demo/until.ts';
import { startWebhookReceiver } from './demo/webhook-receiver.ts';

const PATIENCE_SECONDS = 300;
const TELL_EVERY_MS = 5000;

const api = rowpressApi(API_URL);

/**
 * `npm run demo`: takes the sample through the upload and through the drop folder at the same time, and compares all
 * that comes back with the catalogue. Starts what is not running, and ends what it started. Gives what differs.
 */
async function demo(signal: AbortSignal): Promise<{ runs: Run[]; differences: string[] }> {
  await using cleanup = new AsyncDisposableStack();
  await startWhatIsMissing(cleanup, signal);
  const receiver = cleanup.use(await startWebhookReceiver(webhookSecret()));
  console.log('Sending samples/products.csv to POST /api/upload, and to the drop folder with format=webp …');
  const [uploaded, dropped] = await Promise.all([upload(receiver.url), drop(receiver.url, signal)]);
  const statuses = await bothEnded([uploaded, dropped], signal);
  const runs = await Promise.all(
    statuses.map(async (status): Promise<Run> => {
      const { requestId } = status;
      const way = requestId === uploaded ? 'upload' : 'drop folder';
      const deliveries = receiver.received.filter(({ payload }) => payload.data.requestId === requestId);
      return { way, status, products: await api.products(requestId), deliveries };
    }),
  );
  console.log(['', ...reportLines(runs), ''].join('\n'));
  const checked = await Promise.all(runs.map(async (run) => checkRun(run, await api.results(run.status.requestId))));
  const refused = receiver.refused.map((reason) => `a webhook was not as it should be: ${reason}`);
  return { runs, differences: [...checked.flat(), ...refused] };
}

async function upload(webhookUrl: string): Promise<string> {
  const { requestId } = await api.upload(sampleCsv(), 'products.csv', { webhookUrl });
  return requestId;
}

/** The name of the file is the only thing by which its request is known. */
async function drop(webhookUrl: string, signal: AbortSignal): Promise<string> {
  const fileName = `products-${randomUUID()}.csv`;
  const { s3 } = emulatorClients(AWS_ENDPOINT, LOCAL.region);
  await s3.send(
    new PutObjectCommand({
      Bucket: LOCAL.dataBucket,
      Key: `incoming/drop/${fileName}`,
      Body: sampleCsv(),
      ContentType: 'text/csv',
      Metadata: { webhookurl: webhookUrl, format: 'webp' },
    }),
  );
  s3.destroy();
  const find = async () => (await api.newest()).requests.find((request) => request.fileName === fileName)?.requestId;
  return await until('the dropped file became a request', find, { seconds: PATIENCE_SECONDS, signal });
}

async function bothEnded(requestIds: string[], signal: AbortSignal): Promise<StatusView[]> {
  const startedAt = Date.now();
  let toldAt = startedAt;
  const look = async () => {
    const statuses = await Promise.all(requestIds.map((requestId) => api.status(requestId)));
    if (statuses.every(({ webhook }) => webhook?.status !== 'pending')) return statuses;
    if (Date.now() - toldAt >= TELL_EVERY_MS) {
      toldAt = Date.now();
      const percents = statuses.map(({ source, progress }) => `${source} ${progress.percent} %`);
      console.log(`  ${Math.round((toldAt - startedAt) / 1000)} s: ${percents.join(', ')}`);
    }
    return undefined;
  };
  return await until('both requests ended', look, { seconds: PATIENCE_SECONDS, everyMs: 500, signal });
}

function conclusion(runs: Run[]): string {
  const sum = (count: (status: StatusView) => number) => runs.reduce((total, { status }) => total + count(status), 0);
  const products = sum((status) => status.products.total);
  const images = sum((status) => status.images.total);
  const compressed = sum((status) => status.images.compressed);
  const failed = sum((status) => status.images.failed);
  return `demo: ${products} products, ${images} images: ${compressed} compressed, ${failed} failed as expected; webhooks verified`;
}

const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (interruption.signal.aborted) process.exit(130);
    interruption.abort(new Error('interrupted'));
  });
}
try {
  const { runs, differences } = await demo(interruption.signal);
  for (const difference of differences) console.error(`differs: ${difference}`);
  console.log(differences.length === 0 ? conclusion(runs) : `demo: ${differences.length} differences`);
  process.exitCode = differences.length === 0 ? 0 : 1;
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
