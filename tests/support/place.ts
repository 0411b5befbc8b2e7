import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emulatorClients } from '../../infra/local/aws.ts';
import { localWebhookSecret } from '../../infra/local/environment.ts';
import { freePort } from '../../infra/local/ports.ts';
import { LOCAL } from '../../samples/demo/local-names.ts';
import { startRowpress, type RowpressProcess } from '../../samples/demo/rowpress-process.ts';

/** Lines of the log that a failed test shows. */
const LAST_LINES = 60;

export type Place = Awaited<ReturnType<typeof makePlace>>;

/** Ports and a data directory of its own, where `npm start` can be started again and again. */
export async function makePlace() {
  const dataDir = await mkdtemp(join(tmpdir(), 'rowpress-'));
  const [apiPort, stackPort] = [await freePort(), await freePort()];
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  const endpoint = `http://127.0.0.1:${stackPort}`;
  const logFile = join(dataDir, 'rowpress.log');
  const aws = emulatorClients(endpoint, LOCAL.region);
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: '',
    ROWPRESS_API_PORT: String(apiPort),
    ROWPRESS_STACK_PORT: String(stackPort),
    ROWPRESS_DATA_DIR: dataDir,
    SAMPLE_HOST: 'off',
  };
  return {
    apiUrl,
    endpoint,
    aws,
    webhookSecret: localWebhookSecret(join(dataDir, 'webhook-secret')),
    start: (): Promise<RowpressProcess> => startRowpress({ apiUrl, env, logFile }),
    log: (): string => readFileSync(logFile, 'utf8').split('\n').slice(-LAST_LINES).join('\n'),
    wholeLog: (): string => readFileSync(logFile, 'utf8'),
    async remove(): Promise<void> {
      for (const client of Object.values(aws)) client.destroy();
      await rm(dataDir, { recursive: true });
    },
  };
}
