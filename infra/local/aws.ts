import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';

export type Aws = { s3: S3Client; sqs: SQSClient; dynamodb: DynamoDBClient };

/** Clients of an emulator. It takes any credentials; ours are made up, so that real ones are never sent to it. */
export function emulatorClients(endpoint: string, region: string): Aws {
  const config = { endpoint, region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  return {
    s3: new S3Client({ ...config, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' }),
    // Every slot of every event source keeps one connection waiting for messages.
    sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: false, requestHandler: { httpAgent: { maxSockets: 500 } } }),
    dynamodb: new DynamoDBClient(config),
  };
}
