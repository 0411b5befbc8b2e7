import { startSqsSource, type SqsSource } from '../../../infra/local/sqs-source.ts';
import { declaredFunctions } from '../../fakes/aws/declared.ts';
import { readHttpEvent } from '../../fakes/lambda.ts';
import type { Deployment } from './deployment.ts';

export type Handler = (event: unknown, context: object) => Promise<unknown>;
export type Functions = ReadonlyMap<string, Handler>;

/** Imports every function of serverless.yml into this process, with the settings of a deployment. */
export async function loadFunctions(environment: Record<string, string>): Promise<Functions> {
  Object.assign(process.env, environment);
  const loaded = new Map<string, Handler>();
  for (const { name } of declaredFunctions()) {
    const { handler } = (await import(`../../../functions/${name}.ts`)) as { handler: Handler };
    loaded.set(name, handler);
  }
  return loaded;
}

type Sources = {
  deployment: Deployment;
  /** Reads and deletes the messages; the deployment's own client if there is none. */
  sqs?: Parameters<typeof startSqsSource>[0]['sqs'];
  atOnce: number;
  invoke: (functionName: string, event: unknown) => Promise<unknown>;
};

/** Feeds all queues to their functions, dead-letter queues too. */
export function startSources({ deployment, sqs = deployment.aws.sqs, atOnce, invoke }: Sources): {
  errors: readonly unknown[];
  stop: SqsSource['stop'];
} {
  const errors: unknown[] = [];
  const sources = deployment.consumers.map(({ name, queue, batchSize }) =>
    startSqsSource({
      sqs,
      queue,
      batchSize,
      maximumConcurrency: atOnce,
      functionResponseType: 'ReportBatchItemFailures',
      invoke: (event) => invoke(name, event),
      onError: (error) => errors.push(error),
    }),
  );
  return {
    errors,
    async stop() {
      await Promise.all(sources.map((source) => source.stop()));
    },
  };
}

/** An upload as API Gateway hands it over. */
export function uploadEvent(csv: string, query: Record<string, string>, headers: Record<string, string> = {}) {
  const recorded = readHttpEvent('upload-csv.body');
  return {
    ...recorded,
    headers: { ...recorded.headers, 'content-type': 'text/csv', ...headers },
    queryStringParameters: query,
    body: csv,
    isBase64Encoded: false,
  };
}

/** A call that names a request in its path. */
export const pathEvent = (pathParameters: Record<string, string>, body?: object) => ({
  ...readHttpEvent('get-status'),
  pathParameters,
  queryStringParameters: {},
  ...(body && { body: JSON.stringify(body), isBase64Encoded: false }),
});
