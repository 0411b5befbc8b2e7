import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { startImageHost } from '../../samples/image-host.ts';
import { ensureSamples, SAMPLES_DIR } from '../../samples/make-samples.ts';
import { ensurePage } from '../page/ensure-page.ts';
import { freePort, requireFreePort } from './ports.ts';
import { localSettings, type LocalSettings } from './settings.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const serverless = join(createRequire(import.meta.url).resolve('serverless/package.json'), '../bin/serverless.js');

/** `npm start`: the embedded stack (or the emulator at AWS_ENDPOINT_URL), the sample images and serverless-offline. */
async function start(): Promise<void> {
  const settings = localSettings();
  await checkPorts(settings);
  console.log('Starting Rowpress …');
  const endpoint = settings.endpoint ?? (await startStack(settings));
  await makePage();
  if (settings.withSampleHost) await startSampleHost(settings);
  const offline = await startOffline(settings, endpoint);
  stopTogether(offline);
  await ready(offline);
  console.log(welcome(settings, endpoint));
}

async function checkPorts({
  endpoint,
  apiPort,
  stackPort,
  sampleHostPort,
  withSampleHost,
}: LocalSettings): Promise<void> {
  await requireFreePort(apiPort, { what: 'the API', variable: 'ROWPRESS_API_PORT' });
  if (!endpoint) await requireFreePort(stackPort, { what: 'the embedded stack', variable: 'ROWPRESS_STACK_PORT' });
  if (withSampleHost)
    await requireFreePort(sampleHostPort, { what: 'the sample images', variable: 'SAMPLE_HOST_PORT' });
}

async function startStack({ stackPort }: LocalSettings): Promise<string> {
  const stack = fork(join(import.meta.dirname, 'stack/main.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  stack.once('exit', (code) => {
    if (!stopping) fail(`The embedded stack ended with code ${code ?? 'none'}.`);
  });
  await ready(stack);
  return `http://127.0.0.1:${stackPort}`;
}

/** A page that can't be built, being worked on, is no reason to have no API. */
async function makePage(): Promise<void> {
  try {
    await ensurePage({ onBuild: () => console.log('Building the page …') });
  } catch (error) {
    console.error(`The page could not be built: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function startSampleHost({ sampleHostPort }: LocalSettings): Promise<void> {
  await ensureSamples();
  await startImageHost({ port: sampleHostPort, dir: SAMPLES_DIR });
}

async function startOffline({ apiPort }: LocalSettings, endpoint: string): Promise<ChildProcess> {
  const options = { stage: 'local', host: '127.0.0.1', httpPort: apiPort, lambdaPort: await freePort() };
  const flags = ['--localEnvironment', '--noPrependStageInUrl', '--noSponsor'];
  const args = [
    'offline',
    'start',
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ...flags,
  ];
  const env = { SLS_LOG_LEVEL: 'warning', SLS_NOTIFICATIONS_MODE: 'off', ...process.env, AWS_ENDPOINT_URL: endpoint };
  const offline = fork(serverless, args, { cwd: root, env, stdio: ['inherit', 'pipe', 'inherit', 'ipc'] });
  if (offline.stdout) void printLogs(offline.stdout);
  return offline;
}

/** All but the framework's box of routes, which can't be turned off. */
async function printLogs(output: Readable): Promise<void> {
  for await (const line of createInterface({ input: output })) if (!/^[┌│└]|^$/.test(line)) console.log(line);
}

/** Resolves when the child says that it is ready; its death is dealt with elsewhere. */
async function ready(child: ChildProcess): Promise<void> {
  await once(child, 'message');
}

let stopping = false;

/** Ctrl-C ends the functions first, then, with this process, the stack, which sees its channel close. */
function stopTogether(offline: ChildProcess): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(130);
      stopping = true;
      offline.kill('SIGTERM');
    });
  }
  offline.once('exit', (code) => process.exit(stopping ? 0 : (code ?? 1)));
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

function welcome({ apiPort, sampleHostPort, withSampleHost, dataDir }: LocalSettings, endpoint: string): string {
  const api = `http://127.0.0.1:${apiPort}`;
  return `
Rowpress is ready.

  Page               ${api}
  API                ${api}/api, described at ${api}/openapi.json
  S3, SQS, DynamoDB  ${endpoint}
  Sample images      ${withSampleHost ? `http://127.0.0.1:${sampleHostPort}` : 'off'}
  Data               ${dataDir} (with webhook-secret, which local webhooks are signed with)

Open the page and upload its sample, or try:
  npx rowpress run samples/products.csv
or:
  curl -F file=@samples/products.csv ${api}/api/upload
  curl ${api}/api/status/<requestId>
  curl -L -o results.csv ${api}/api/export/<requestId>

Ctrl-C stops everything; what is under way goes on at the next start.
`;
}

await start().catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));
