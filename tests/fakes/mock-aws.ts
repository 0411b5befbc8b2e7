import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient, SQSServiceException } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { Readable } from 'node:stream';
import type { Item, Key } from '../../lib/aws/table.ts';

/** What the product's commands are sent with, as far as tests look at it; by their names without `Command`. */
type Inputs = {
  PutObject: { Bucket: string; Key: string; Body: Buffer };
  CopyObject: { Key: string; CopySource: string };
  HeadObject: { Key: string };
  SendMessage: { QueueUrl: string; MessageBody: string; DelaySeconds: number };
  SendMessageBatch: { QueueUrl: string; Entries: { MessageBody: string }[] };
  ChangeMessageVisibility: { ReceiptHandle: string; VisibilityTimeout: number };
  Get: { Key: Key; ConsistentRead: boolean };
  BatchGet: { RequestItems: Record<string, { Keys: Key[] }> };
  Put: Expressions & { Item: Item & { requestId: string; expiresAt: number; uploadUntil: string } };
  Update: Expressions & { Key: Key };
  Query: Expressions;
};

/** Every SDK client that is made afterwards or was made before is a mock; `calls` gives all their calls in order. */
export function mockAws() {
  const s3 = mockClient(S3Client);
  const sqs = mockClient(SQSClient);
  const table = mockClient(DynamoDBDocumentClient);
  const calls = () =>
    [...s3.calls(), ...sqs.calls(), ...table.calls()]
      .sort((a, b) => (a.calledBefore(b as never) ? -1 : 1))
      .map(({ args: [command] }) => ({ name: nameOf(command), input: command.input }));
  const inputs = <Name extends keyof Inputs>(name: Name) =>
    calls()
      .filter((call) => call.name === name)
      .map(({ input }) => input as Inputs[Name]);
  return {
    s3,
    sqs,
    table,
    calls,
    names: () => calls().map(({ name }) => name),
    /** The inputs of one kind of call, in order. */
    inputs,
    /** The first of them, or another. */
    input: <Name extends keyof Inputs>(name: Name, at = 0): Inputs[Name] => {
      const found = inputs(name)[at];
      if (!found) throw new Error(`there was no call ${at} of ${name}`);
      return found;
    },
    reset: () => {
      for (const mock of [s3, sqs, table]) mock.reset();
    },
  };
}

/** `PutObject` for a PutObjectCommand. */
export const nameOf = (command: object): string => command.constructor.name.replace(/Command$/, '');

/** The values that an expression sets or compares, in order. */
export const valuesOf = ({ ExpressionAttributeValues = {} }: Expressions): unknown[] =>
  Object.values(ExpressionAttributeValues);

/** An object's body as the SDK hands it over. */
export const bodyOf = (text: string | Buffer) => Readable.from([Buffer.from(text)]) as never;

/** What comes up when AWS itself is in trouble. */
export const awsTrouble = () =>
  new SQSServiceException({ name: 'ServiceUnavailable', message: 'inside', $fault: 'server', $metadata: {} });

type Expressions = {
  UpdateExpression?: string;
  ConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, unknown>;
};

/** An expression with its placeholders filled in: `status IN ("RECEIVED") AND attribute_not_exists(sealed)`. */
export function spelledOut(input: Expressions, which: 'UpdateExpression' | 'ConditionExpression'): string {
  const value = (placeholder: string) => {
    const found = input.ExpressionAttributeValues?.[placeholder];
    return JSON.stringify(found instanceof Set ? [...found] : found);
  };
  return (input[which] ?? '')
    .replace(/#\d+/g, (name) => input.ExpressionAttributeNames?.[name] ?? name)
    .replace(/:\d+/g, value);
}
