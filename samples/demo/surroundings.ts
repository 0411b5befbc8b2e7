import { join } from 'node:path';
import { localWebhookSecret } from '../../infra/local/environment.ts';
import { requireFreePort } from '../../infra/local/ports.ts';
import { localSettings } from '../../infra/local/settings.ts';
import { samplePort } from '../catalogue.ts';
import { startImageHost } from '../image-host.ts';
import { ensureSamples, SAMPLES_DIR } from '../make-samples.ts';
import { answersLikeRowpress } from './rowpress-api.ts';
import { startRowpress } from './rowpress-process.ts';

const settings = localSettings();

export const API_URL = `http://127.0.0.1:${settings.apiPort}`;
export const AWS_ENDPOINT = settings.endpoint ?? `http://127.0.0.1:${settings.stackPort}`;

/** The secret of a local run: given by the environment, else kept beside its data. */
export const webhookSecret = (): string =>
  process.env.WEBHOOK_SECRETS?.split(',')[0]?.trim() ?? localWebhookSecret(join(settings.dataDir, 'webhook-secret'));

/** Starts the sample images' host and Rowpress, if they don't run already; they end with `cleanup`. */
export async function startWhatIsMissing(cleanup: AsyncDisposableStack, signal: AbortSignal): Promise<void> {
  await ensureSamples();
  if (!(await sampleHostAnswers())) {
    await requireFreePort(samplePort(), { what: 'the sample images', variable: 'SAMPLE_HOST_PORT' });
    const host = await startImageHost({ port: samplePort(), dir: SAMPLES_DIR });
    cleanup.defer(() => host.close());
  }
  if (await answersLikeRowpress(API_URL)) {
    console.log(`Rowpress runs already, at ${API_URL}.`);
    return;
  }
  const logFile = join(settings.dataDir, 'demo.log');
  console.log(`Starting Rowpress at ${API_URL}; what it prints goes to ${logFile} …`);
  const env = { ...process.env, SAMPLE_HOST: 'off' };
  const rowpress = await startRowpress({ apiUrl: API_URL, env, logFile, signal });
  cleanup.defer(() => rowpress.stop());
}

async function sampleHostAnswers(): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${samplePort()}/forbidden/sample`).catch(() => undefined);
  return response?.status === 403;
}
