import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ChangeMessageVisibilityCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emulatorClients } from './aws.ts';
import { freePort } from './ports.ts';
import { createResources, type Template } from './resources.ts';
import { startStack } from './stack.ts';

const template: Template = {
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    },
  },
  Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 3600 } },
  Bucket: { Type: 'AWS::S3::Bucket' },
};

let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'rowpress-stack-'));
});
afterAll(() => rmSync(dataDir, { recursive: true }));

async function forkStack() {
  const port = await freePort();
  const env = { ...process.env, ROWPRESS_STACK_PORT: String(port), ROWPRESS_DATA_DIR: dataDir };
  const child = fork(join(import.meta.dirname, 'stack/main.ts'), { env });
  await once(child, 'message');
  const aws = emulatorClients(`http://127.0.0.1:${port}`, 'eu-west-1');
  const { resources } = await createResources(template, aws, { stackName: 'crash', region: 'eu-west-1' });
  const receive = async () => {
    const answer = await aws.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: resources.Queue!.ref, MaxNumberOfMessages: 10 }),
    );
    return answer.Messages ?? [];
  };
  return {
    child,
    aws,
    receive,
    port,
    table: resources.Table!.ref,
    queue: resources.Queue!.ref,
    bucket: resources.Bucket!.ref,
  };
}

test(
  'kill -9 loses nothing that was acknowledged, and what was in hand is delivered again at once',
  { timeout: 60_000 },
  async () => {
    const before = await forkStack();
    const numbers = Array.from({ length: 100 }, (_, n) => n);
    const put = (n: number) =>
      before.aws.s3.send(new PutObjectCommand({ Bucket: before.bucket, Key: `k${n}`, Body: `body ${n}` }));
    await Promise.all(numbers.map(put));
    for (const n of [0, 1, 2]) {
      await before.aws.sqs.send(new SendMessageCommand({ QueueUrl: before.queue, MessageBody: String(n) }));
    }
    const [first] = await before.receive();
    await before.aws.sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: before.queue,
        ReceiptHandle: first!.ReceiptHandle,
        VisibilityTimeout: 600,
      }),
    );
    const written: number[] = [];
    for (const n of numbers) {
      const item = { pk: { S: `item-${n}` }, pages: { NS: [String(n)] } };
      void before.aws.dynamodb.send(new PutItemCommand({ TableName: before.table, Item: item })).then(
        () => written.push(n),
        () => undefined,
      );
    }
    while (written.length < 20) await new Promise(setImmediate);
    const half = request({
      port: before.port,
      method: 'PUT',
      path: `/${before.bucket}/half`,
      headers: { authorization: 'x', 'content-length': 100 },
    });
    half.on('error', () => undefined);
    half.write('half');
    before.child.kill('SIGKILL');
    await once(before.child, 'exit');

    const after = await forkStack();
    const bodies = (await after.receive()).map(({ Body }) => Body).sort();
    // All but the one that was sent back with a delay of its own.
    expect(bodies).toEqual(['0', '1', '2'].filter((body) => body !== first!.Body));
    for (const n of written) {
      const { Item } = await after.aws.dynamodb.send(
        new GetItemCommand({ TableName: after.table, Key: { pk: { S: `item-${n}` } } }),
      );
      expect(Item).toEqual({ pk: { S: `item-${n}` }, pages: { NS: [String(n)] } });
    }
    for (const n of numbers) {
      const { Body } = await after.aws.s3.send(new GetObjectCommand({ Bucket: after.bucket, Key: `k${n}` }));
      expect(await Body!.transformToString()).toBe(`body ${n}`);
    }
    expect(readdirSync(join(dataDir, 'objects'))).toHaveLength(numbers.length);
    after.child.kill('SIGTERM');
    await once(after.child, 'exit');
  },
);

test('a stack ends with its parent', async () => {
  const { child } = await forkStack();
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('two stacks do not share a directory', async () => {
  const stack = await startStack({ dataDir });
  await expect(startStack({ dataDir })).rejects.toThrow('Another stack is using');
  await stack.stop();
});

test('what S3 has and the stack has not is answered with 501, and changes nothing', async () => {
  const stack = await startStack();
  const authorization = 'AWS4-HMAC-SHA256';
  const put = (path: string) => fetch(stack.endpoint + path, { method: 'PUT', headers: { authorization }, body: 'x' });
  expect((await put('/some-bucket')).status).toBe(200);
  expect((await put('/some-bucket/key')).status).toBe(200);
  for (const path of [
    '/some-bucket?acl',
    '/some-bucket?versioning',
    '/some-bucket/key?tagging',
    '/some-bucket/key?acl',
  ]) {
    expect((await put(path)).status).toBe(501);
  }
  const stored = await fetch(`${stack.endpoint}/some-bucket/key`, { headers: { authorization } });
  expect(await stored.text()).toBe('x');
  await stack.stop();
});

test('without a signature nothing is answered but reads of a bucket that its policy makes public', async () => {
  const stack = await startStack();
  const call = async (method: string, path: string, { signed = false, body = '' } = {}) => {
    const headers = new Headers(signed ? { authorization: 'AWS4-HMAC-SHA256' } : {});
    const response = await fetch(stack.endpoint + path, { method, headers, body: body || null });
    return response.status;
  };
  for (const bucket of ['/private', '/public']) {
    await call('PUT', bucket, { signed: true });
    await call('PUT', `${bucket}/key`, { signed: true, body: 'x' });
  }
  const Statement = [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::public/*' }];
  expect(await call('PUT', '/public?policy', { signed: true, body: JSON.stringify({ Statement }) })).toBe(204);
  expect(await call('GET', '/public/key')).toBe(200);
  expect(await call('HEAD', '/public/key')).toBe(200);
  expect(await call('GET', '/private/key')).toBe(403);
  expect(await call('GET', '/public')).toBe(403);
  expect(await call('PUT', '/public/key', { body: 'anonymous' })).toBe(403);
  await stack.stop();
});

test('a caller who hangs up in the middle harms nobody', async () => {
  const stack = await startStack();
  const { port } = new URL(stack.endpoint);
  for (const headers of [
    { 'x-amz-target': 'DynamoDB_20120810.GetItem' },
    { 'x-amz-target': 'AmazonSQS.SendMessage' },
    {},
  ]) {
    const half = request({ port, method: 'POST', path: '/bucket', headers: { ...headers, 'content-length': 100 } });
    half.on('error', () => undefined);
    half.write('{');
    await once(half, 'socket');
    half.destroy();
  }
  expect((await fetch(stack.endpoint)).status).toBe(403);
  await stack.stop();
});
