import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEndpoint, strict, type Endpoint } from './endpoint.ts';

let at: Endpoint;
beforeAll(async () => {
  at = await openEndpoint();
});
afterAll(() => at.stop());

const send = (url: string, body: string, delay = 0) =>
  at.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body, DelaySeconds: delay }));
const remove = (url: string, receipt: string | undefined) =>
  at.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: receipt }));
const hide = (url: string, receipt: string | undefined, seconds: number) =>
  at.sqs.send(
    new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: receipt, VisibilityTimeout: seconds }),
  );

test('a message arrives as it was sent, with its checksum and its attributes', async () => {
  const { url } = await at.makeQueue();
  const body = JSON.stringify({ name: 'Stühle 🪑 <&>', line: 'a\nb' });
  const { MessageId } = await send(url, body);
  const [message] = await at.receive(url, { seconds: 2 });
  expect(message).toMatchObject({ MessageId, Body: body, MD5OfBody: createHash('md5').update(body).digest('hex') });
  expect(message!.Attributes).toMatchObject({ ApproximateReceiveCount: '1' });
  expect(Number(message!.Attributes!.SentTimestamp)).toBeGreaterThan(Date.now() - 60_000);
  expect(Number(message!.Attributes!.ApproximateFirstReceiveTimestamp)).toBeGreaterThan(Date.now() - 60_000);
});

test('a received message is hidden for the visibility timeout and then counted again', async () => {
  const { url } = await at.makeQueue({ VisibilityTimeout: '1' });
  await send(url, 'again');
  await at.receive(url);
  expect(await at.receive(url)).toEqual([]);
  const [message] = await at.receive(url, { seconds: 3 });
  expect(message!.Attributes).toMatchObject({ ApproximateReceiveCount: '2' });
});

test('a deleted message never comes back', async () => {
  const { url } = await at.makeQueue({ VisibilityTimeout: '1' });
  await send(url, 'once');
  const [message] = await at.receive(url);
  await remove(url, message!.ReceiptHandle);
  expect(await at.receive(url, { seconds: 2 })).toEqual([]);
});

strict('deleting a message twice is no error', async () => {
  const { url } = await at.makeQueue();
  await send(url, 'once');
  const [message] = await at.receive(url);
  await remove(url, message!.ReceiptHandle);
  await remove(url, message!.ReceiptHandle);
});

test('a waiting receive gets a message as soon as it is sent', async () => {
  const { url } = await at.makeQueue();
  const waiting = at.receive(url, { seconds: 10 });
  const began = performance.now();
  await send(url, 'now');
  expect(await waiting).toHaveLength(1);
  expect(performance.now() - began).toBeLessThan(5000);
});

test('a delayed message arrives after its delay', async () => {
  const { url } = await at.makeQueue();
  await send(url, 'later', 1);
  expect(await at.receive(url)).toEqual([]);
  expect(await at.receive(url, { seconds: 4 })).toHaveLength(1);
});

test('the visibility of one message can be made longer, and zero brings it back at once', async () => {
  const { url } = await at.makeQueue({ VisibilityTimeout: '1' });
  await send(url, 'back off');
  const [message] = await at.receive(url);
  await hide(url, message!.ReceiptHandle, 60);
  expect(await at.receive(url, { seconds: 2 })).toEqual([]);
  await hide(url, message!.ReceiptHandle, 0);
  expect(await at.receive(url, { seconds: 2 })).toHaveLength(1);
});

test('a message that was received too often goes to the dead-letter queue', async () => {
  const dead = await at.makeQueue();
  const { url } = await at.makeQueue({
    VisibilityTimeout: '0',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 }),
  });
  await send(url, 'poison');
  expect(await at.receive(url, { seconds: 1 })).toHaveLength(1);
  expect(await at.receive(url, { seconds: 1 })).toHaveLength(1);
  expect(await at.receive(url, { seconds: 1 })).toEqual([]);
  const [message] = await at.receive(dead.url, { seconds: 2 });
  expect(message!.Body).toBe('poison');
});

test('ten messages are sent, received and deleted in one batch each', async () => {
  const { url } = await at.makeQueue({ VisibilityTimeout: '1' });
  const Entries = Array.from({ length: 10 }, (_, n) => ({ Id: String(n), MessageBody: `body ${n}` }));
  const sent = await at.sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
  expect(sent.Successful).toHaveLength(10);
  const messages = await at.receive(url, { seconds: 2 });
  expect(new Set(messages.map(({ Body }) => Body))).toHaveProperty('size', messages.length);
  const deleted = await at.sqs.send(
    new DeleteMessageBatchCommand({
      QueueUrl: url,
      Entries: messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle })),
    }),
  );
  expect(deleted.Successful).toHaveLength(messages.length);
});

test('a batch of eleven is refused whole', async () => {
  const { url } = await at.makeQueue();
  const Entries = Array.from({ length: 11 }, (_, n) => ({ Id: String(n), MessageBody: 'x' }));
  await expect(at.sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }))).rejects.toThrow();
});

test('a message of 1 MiB is carried and one of a byte more refused', async () => {
  const { url } = await at.makeQueue();
  const body = 'x'.repeat(1024 * 1024);
  await send(url, body);
  const [message] = await at.receive(url, { seconds: 2 });
  expect(message!.Body).toHaveLength(body.length);
  await expect(send(url, `${body}x`)).rejects.toThrow();
});

test('attributes can be changed and counts are told', async () => {
  const { url } = await at.makeQueue();
  await at.sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { VisibilityTimeout: '77' } }));
  await send(url, 'visible');
  await send(url, 'delayed', 60);
  const { Attributes } = await at.sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }));
  expect(Attributes).toMatchObject({
    VisibilityTimeout: '77',
    ApproximateNumberOfMessages: '1',
    ApproximateNumberOfMessagesDelayed: '1',
    ApproximateNumberOfMessagesNotVisible: '0',
  });
});

test('an unknown queue is an error that has a name', async () => {
  const { url } = await at.makeQueue();
  await expect(send(`${url}-unknown`, 'x')).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
});
