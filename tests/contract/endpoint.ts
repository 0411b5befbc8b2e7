import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
  type Message,
  type QueueAttributeName,
} from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { randomUUID } from 'node:crypto';
import { test } from 'vitest';
import { startStack, type Stack } from '../../infra/local/stack.ts';

const other = process.env.CONTRACT_ENDPOINT_URL ?? process.env.AWS_ENDPOINT_URL;

/**
 * What AWS and our stack refuse, but some emulator (MiniStack 1.x, moto 5) lets pass or answers otherwise: expiry, form
 * policies, CORS, conditional copies, deleting twice. Nothing in Rowpress depends on it to work, only to be safe.
 */
export const strict = test.runIf(!other);

/** The endpoint under test: another emulator when the environment names one, else a stack of our own. */
export async function openEndpoint() {
  const stack: Stack = other ? { endpoint: other, stop: () => Promise.resolve() } : await startStack();
  const config = {
    endpoint: stack.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  const s3 = new S3Client({
    ...config,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const sqs = new SQSClient({ ...config, useQueueUrlAsEndpoint: false });
  const dynamodb = new DynamoDBClient(config);
  return {
    config,
    endpoint: stack.endpoint,
    s3,
    sqs,
    dynamodb,
    documents: DynamoDBDocumentClient.from(dynamodb),

    async makeBucket(): Promise<string> {
      const Bucket = `bucket-${randomUUID()}`;
      await s3.send(new CreateBucketCommand({ Bucket }));
      return Bucket;
    },

    async makeQueue(
      attributes: Partial<Record<QueueAttributeName, string>> = {},
    ): Promise<{ url: string; arn: string }> {
      const { QueueUrl: url = '' } = await sqs.send(
        new CreateQueueCommand({ QueueName: `queue-${randomUUID()}`, Attributes: attributes }),
      );
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
      );
      return { url, arn: Attributes!.QueueArn! };
    },

    /** Waits for up to so many seconds. */
    async receive(url: string, { seconds = 0, max = 10 } = {}): Promise<Message[]> {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: max,
          WaitTimeSeconds: seconds,
          MessageSystemAttributeNames: ['All'],
        }),
      );
      return Messages;
    },

    async stop(): Promise<void> {
      for (const client of [s3, sqs, dynamodb]) client.destroy();
      await stack.stop();
    },
  };
}

export type Endpoint = Awaited<ReturnType<typeof openEndpoint>>;
