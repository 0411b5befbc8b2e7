import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { QueueSettings } from './message-queue.ts';

/** A function as serverless.yml declares it, as far as tests need to run it. */
export type DeclaredFunction = {
  name: string;
  /** Seconds. */
  timeout: number;
  /** The queue that it reads, if it reads one. */
  queue: string | undefined;
  batchSize: number;
};

type QueueProperties = {
  QueueName: string;
  VisibilityTimeout: number;
  RedrivePolicy?: { deadLetterTargetArn: string; maxReceiveCount: number };
};
type Resources = { Resources: Record<string, { Type: string; Properties: QueueProperties }> };
type FunctionProperties = {
  timeout: number;
  environment?: Record<string, unknown>;
  events?: { sqs?: { arn: string; batchSize?: number } }[];
};
type Functions = { functions: Record<string, FunctionProperties> };

// Short tags of CloudFormation are not resolved: `!GetAtt PagesQueue.Arn` reads as `PagesQueue.Arn`.
const read = (path: string): unknown =>
  parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8'), { logLevel: 'silent' });

const { Resources } = read('infra/queues.yml') as Resources;
const { functions } = read('serverless.yml') as Functions;

const propertiesOf = (arn: string): QueueProperties => {
  const found = Resources[arn.replace(/\.Arn$/, '')];
  if (!found) throw new Error(`infra/queues.yml declares no ${arn}`);
  return found.Properties;
};

/** As in tests/fakes/lambda.ts. */
const nameOf = ({ QueueName }: QueueProperties) => QueueName.replace('${self:service}-${sls:stage}', 'rowpress-prod');

const queues = Object.values(Resources)
  .filter(({ Type }) => Type === 'AWS::SQS::Queue')
  .map(({ Properties }): QueueSettings => {
    const { VisibilityTimeout: visibility, RedrivePolicy: dead } = Properties;
    const deadLetters = dead && {
      queue: nameOf(propertiesOf(dead.deadLetterTargetArn)),
      maxReceiveCount: dead.maxReceiveCount,
    };
    return { name: nameOf(Properties), visibility, ...(deadLetters && { deadLetters }) };
  });

const declared = Object.entries(functions)
  .filter(([, { environment }]) => environment?.TABLE_NAME !== undefined)
  .map(([name, { timeout, events = [] }]): DeclaredFunction => {
    const trigger = events.find(({ sqs }) => sqs)?.sqs;
    const queue = trigger && nameOf(propertiesOf(trigger.arn));
    return { name, timeout, queue, batchSize: trigger?.batchSize ?? 10 };
  });

/** The queues of infra/queues.yml. */
export const declaredQueues = (): readonly QueueSettings[] => queues;

/** The functions of serverless.yml that have to do with requests; another one serves the page, which need not be built. */
export const declaredFunctions = (): readonly DeclaredFunction[] => declared;
