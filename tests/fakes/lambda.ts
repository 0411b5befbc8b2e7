import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { ApiEvent } from '../../lib/http/api.ts';

const root = new URL('../../', import.meta.url);

/** A recorded call of the API, fresh at each reading. */
export const readHttpEvent = (name: string): ApiEvent => readJson(name) as ApiEvent;

/** A recorded batch of messages, fresh at each reading. */
export const readSqsEvent = (name: string): SQSEvent => readJson(name) as SQSEvent;

/** Any other recorded event, fresh at each reading. */
export const readEvent = (name: string): unknown => readJson(name);

const readJson = (name: string): unknown => JSON.parse(readFileSync(new URL(`events/${name}.json`, root), 'utf8'));

/** What a function answers when it gives this one message back. */
export const returned = ({ messageId }: SQSRecord) => ({ batchItemFailures: [{ itemIdentifier: messageId }] });

/** What was recorded from SQS, with other messages in it. */
export function sqsEvent(messages: readonly unknown[], { attempt = 1 } = {}): SQSEvent {
  const record = readSqsEvent('finish-request').Records[0]!;
  return {
    Records: messages.map((message, at) => ({
      ...record,
      messageId: `message-${at}`,
      receiptHandle: `receipt-${at}`,
      body: typeof message === 'string' ? message : JSON.stringify(message),
      attributes: { ...record.attributes, ApproximateReceiveCount: String(attempt) },
    })),
  };
}

/** The invocation's context, with so much time left. */
export const lambdaContext = (remainingMs = 60_000) =>
  ({
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'rowpress-test',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:rowpress-test',
    memoryLimitInMB: '512',
    awsRequestId: '6bc28136-xmpl-4365-b021-0ce6b2e64ab0',
    logGroupName: '/aws/lambda/rowpress-test',
    logStreamName: '2025/10/05/[$LATEST]xmpl',
    getRemainingTimeInMillis: () => remainingMs,
  }) as Context;

const queueUrl = (name: string) => `https://sqs.eu-central-1.amazonaws.com/123456789012/rowpress-prod-${name}`;

export const SETTINGS: Record<string, string> = {
  TABLE_NAME: 'rowpress',
  DATA_BUCKET: 'rowpress-data',
  IMAGES_BUCKET: 'rowpress-images',
  INGEST_QUEUE_URL: queueUrl('ingest'),
  PAGES_QUEUE_URL: queueUrl('pages'),
  FINISH_QUEUE_URL: queueUrl('finish'),
  WEBHOOKS_QUEUE_URL: queueUrl('webhooks'),
  PUBLIC_API_URL: 'https://api.rowpress.example',
  PUBLIC_IMAGE_BASE_URL: 'https://images.rowpress.example',
  UPLOAD_ORIGIN: 'https://rowpress-data.s3.eu-central-1.amazonaws.com',
  WEBHOOK_SECRETS: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  DEFAULT_OPTIONS: '{}',
  DEFAULT_WEBHOOK_URL: 'https://caller.example/dropped',
  REQUEST_TTL_DAYS: '90',
  MALLOC_ARENA_MAX: '2',
};

type Template = { functions: Record<string, { environment?: Record<string, unknown> }> };

/** Sets what serverless.yml declares for a function, and nothing else: a setting that is missing there is missing here. */
export function useEnvironmentOf(functionName: string): void {
  const template = parse(readFileSync(new URL('serverless.yml', root), 'utf8'), { logLevel: 'silent' }) as Template;
  for (const name of Object.keys(SETTINGS)) Reflect.deleteProperty(process.env, name);
  for (const name of Object.keys(template.functions[functionName]?.environment ?? {})) {
    const value = SETTINGS[name];
    if (value === undefined) throw new Error(`${functionName} has a setting ${name} that tests/fakes/lambda.ts lacks`);
    process.env[name] = value;
  }
  Object.assign(process.env, AWS_ENVIRONMENT, { LOG_LEVEL: 'SILENT' });
}

/** Made up: nothing is sent. */
export const AWS_ENVIRONMENT = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
