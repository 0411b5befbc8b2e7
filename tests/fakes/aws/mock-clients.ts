import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { nameOf } from '../mock-aws.ts';
import type { Call, MemoryAws, Service } from './memory-aws.ts';

type Command = { input: Call['input'] };
type Options = { abortSignal?: AbortSignal };

let current: MemoryAws | undefined;
let forget: (() => void) | undefined;

/** From now on every SDK client of the process, made before or later, talks to this AWS. */
export function mockClients(aws: MemoryAws): void {
  current = aws;
  forget ??= install();
  // The mocks remember each call, and thousands of runs would be remembered.
  forget();
}

function install(): () => void {
  const mocks = [
    { service: 's3' as const, send: mockClient(S3Client).send },
    { service: 'sqs' as const, send: mockClient(SQSClient).send },
    { service: 'dynamodb' as const, send: mockClient(DynamoDBDocumentClient).send },
  ];
  for (const { service, send } of mocks) {
    send.callsFake(((command: Command, options?: Options) => answer(service, command, options)) as never);
  }
  return () => {
    for (const { send } of mocks) send.resetHistory();
  };
}

function answer(service: Service, command: Command, options?: Options): Promise<object> {
  if (!current) throw new Error('no AWS is mocked');
  return current.send(service, nameOf(command), command.input, options);
}
