import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { nameOf } from '../mock-aws.ts';
import type { Call, MemoryAws, Service } from './memory-aws.ts';

type Command = { input: Call['input'] };
type Options = { abortSignal?: AbortSignal };

const CLASSES: [Service, { prototype: { send: unknown } }][] = [
  ['s3', S3Client],
  ['sqs', SQSClient],
  ['dynamodb', DynamoDBDocumentClient],
];

let current: MemoryAws | undefined;

/**
 * From now on every SDK client of the process, made before or later, talks to this AWS. Not by aws-sdk-client-mock,
 * which keeps every call with its stack: that took an eighth of these suites' time.
 */
export function mockClients(aws: MemoryAws): void {
  current = aws;
  for (const [service, { prototype }] of CLASSES) {
    prototype.send = (command: Command, options?: Options) => answer(service, command, options);
  }
}

function answer(service: Service, command: Command, options?: Options): Promise<object> {
  if (!current) throw new Error('no AWS is mocked');
  return current.send(service, nameOf(command), command.input, options);
}
