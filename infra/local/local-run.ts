import { join } from 'node:path';
import { emulatorClients, type Aws } from './aws.ts';
import { functionEnvironment, localWebhookSecret } from './environment.ts';
import { functionPool, type FunctionPool } from './function-pool.ts';
import { resolve, type Scope } from './resolve.ts';
import { createResources } from './resources.ts';
import type { Serverless } from './serverless.ts';
import { localSettings, type LocalSettings } from './settings.ts';
import { startSqsSource, type SourceSettings, type SqsSource } from './sqs-source.ts';

export type LocalRun = {
  startSources(): void;
  reload(): void;
  /** Lets invocations end, but not for longer than a few seconds: their messages come again. */
  stop(): Promise<void>;
};

type Options = { httpPort?: string };
type Parts = { serverless: Serverless; scope: Scope; aws: Aws; pool: FunctionPool; settings: LocalSettings };

const GRACE_MS = 8000;

/** Makes the declared resources and gives every function the environment of a local run. */
export async function prepareLocalRun(serverless: Serverless, options: Options): Promise<LocalRun> {
  const settings = localSettings();
  const { endpoint } = settings;
  if (!endpoint)
    throw new Error('Set AWS_ENDPOINT_URL to an emulator of AWS, or use `npm start`, which brings one along.');
  const { service, provider, resources } = serverless.service;
  const aws = emulatorClients(endpoint, provider.region);
  const deployment = { stackName: `${service}-${provider.stage}`, region: provider.region };
  const scope = await createResources(resources?.Resources ?? {}, aws, deployment);
  setEnvironments(serverless, scope, {
    endpoint,
    apiUrl: `http://127.0.0.1:${options.httpPort ?? settings.apiPort}`,
    webhookSecret: localWebhookSecret(join(settings.dataDir, 'webhook-secret')),
  });
  const parts = { serverless, scope, aws, pool: functionPool(serverless, options), settings };
  const sources: SqsSource[] = [];
  return {
    startSources: () => void sources.push(...startSources(parts)),
    reload: () => parts.pool.reload(),
    async stop() {
      const { promise: grace, resolve: end } = Promise.withResolvers<undefined>();
      const timer = setTimeout(() => end(undefined), GRACE_MS);
      await Promise.race([Promise.all(sources.map((source) => source.stop())), grace]);
      clearTimeout(timer);
    },
  };
}

type Place = { endpoint: string; apiUrl: string; webhookSecret: string };

function setEnvironments({ service }: Serverless, scope: Scope, place: Place): void {
  const { environment: shared = {} } = service.provider;
  const declared = Object.values(service.functions).map(({ environment = {} }) => environment);
  const bucket = declared.map(({ IMAGES_BUCKET: name }) => name).find((name) => name !== undefined);
  const local = { ...place, imageBaseUrl: `${place.endpoint}/${String(resolve(bucket, scope))}`, shell: process.env };
  for (const definition of Object.values(service.functions)) {
    definition.environment = functionEnvironment({ ...shared, ...definition.environment }, scope, local);
  }
  // serverless-offline would hand them to every function once more, unresolved.
  service.provider.environment = {};
}

function startSources({ serverless, scope, aws, pool, settings }: Parts): SqsSource[] {
  return Object.entries(serverless.service.functions).flatMap(([name, { events = [] }]) =>
    events.flatMap(({ sqs: event }) => {
      if (!event) return [];
      const { arn, ...declared } = toSettings(event);
      const queue = findQueue(scope, String(resolve(arn, scope)));
      return startSqsSource({
        ...declared,
        maximumConcurrency: Math.min(declared.maximumConcurrency ?? Infinity, settings.concurrency),
        sqs: aws.sqs,
        queue,
        invoke: (batch) => pool.invoke(name, batch),
        onError: (error) => console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`),
      });
    }),
  );
}

/** `sqs: <arn>` or `sqs: {arn: <arn>, batchSize: …}`; an ARN may be an intrinsic function, so an object too. */
function toSettings(event: unknown): SourceSettings & { arn: unknown } {
  return typeof event === 'object' && event !== null && 'arn' in event ? event : { arn: event };
}

function findQueue({ resources }: Scope, arn: string): { url: string; arn: string } {
  const queue = Object.values(resources).find(({ attributes }) => attributes.Arn === arn);
  if (!queue) throw new Error(`The template declares no queue ${arn}.`);
  return { url: queue.ref, arn };
}
