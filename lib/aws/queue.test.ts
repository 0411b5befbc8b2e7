import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { inBatches, openQueue } from './queue.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: vi.fn(() => Promise.resolve()) }));

const sqs = mockClient(SQSClient);
const url = 'https://sqs.example/1/pages';
const queue = openQueue<unknown>(url, new SQSClient({ region: 'eu-central-1' }));

beforeEach(() => {
  sqs.reset();
  vi.mocked(wait).mockClear();
});

describe('batches', () => {
  const large = 'x'.repeat(400_000);
  test.each<[string, string[], number[]]>([
    ['are none for nothing', [], []],
    ['hold ten messages at most', Array(23).fill('x'), [10, 10, 3]],
    ['stay under a megabyte', [large, large, large, large, 'x'], [2, 3]],
    ['count bytes, not characters', ['€'.repeat(300_000), '€'.repeat(100_000)], [1, 1]],
    ['leave a message whole that is large by itself', ['x', 'x'.repeat(1_000_001), 'x'], [1, 1, 1]],
  ])('%s', (_name, bodies, lengths) => {
    const batches = inBatches(bodies);
    expect(batches.map((batch) => batch.length)).toEqual(lengths);
    expect(batches.flat()).toEqual(bodies);
  });
});

test('a message travels as JSON, at once or delayed', async () => {
  sqs.on(SendMessageCommand).resolves({});
  await queue.send({ a: 1 });
  await queue.send({ a: 2 }, { delaySeconds: 60 });
  expect(sqs.commandCalls(SendMessageCommand).map(({ args }) => args[0].input)).toEqual([
    { QueueUrl: url, MessageBody: '{"a":1}', DelaySeconds: 0 },
    { QueueUrl: url, MessageBody: '{"a":2}', DelaySeconds: 60 },
  ]);
});

test('what JSON takes and SQS does not is escaped, alone and in a batch, and counts as it is sent', async () => {
  const message = { name: 'Mug \uFFFE\uFFFF\ud83e\x01 🪑' };
  const body = String.raw`{"name":"Mug \ufffe\uffff\ud83e\u0001 🪑"}`;
  sqs.resolves({});
  await queue.send(message);
  await queue.sendAll([message]);
  expect(sqs.commandCalls(SendMessageCommand)[0]!.args[0].input.MessageBody).toBe(body);
  expect(bodiesSent()).toEqual([[body]]);
  expect(JSON.parse(body)).toEqual(message);
  sqs.resetHistory();
  await queue.sendAll(Array(3).fill('\uFFFF'.repeat(80_000)));
  expect(bodiesSent().map((bodies) => bodies.length)).toEqual([2, 1]);
});

test('a received message is hidden for so many seconds', async () => {
  sqs.on(ChangeMessageVisibilityCommand).resolves({});
  await queue.hide('receipt', 15);
  const [call] = sqs.commandCalls(ChangeMessageVisibilityCommand);
  expect(call!.args[0].input).toEqual({ QueueUrl: url, ReceiptHandle: 'receipt', VisibilityTimeout: 15 });
});

const bodiesSent = () =>
  sqs.commandCalls(SendMessageBatchCommand).map(({ args }) => args[0].input.Entries!.map((entry) => entry.MessageBody));
const failure = (Id: string) => ({ Id, Code: 'InternalError', SenderFault: false });

test('of a batch that failed in part only the failed ones are sent again', async () => {
  sqs
    .on(SendMessageBatchCommand)
    .resolvesOnce({ Failed: [failure('1'), failure('2')] })
    .resolvesOnce({ Failed: [failure('0')] })
    .resolves({});
  await queue.sendAll(['a', 'b', 'c']);
  expect(bodiesSent()).toEqual([['"a"', '"b"', '"c"'], ['"b"', '"c"'], ['"b"']]);
});

test('what can not be sent in six rounds is an error, so that nobody takes it for sent', async () => {
  sqs.on(SendMessageBatchCommand).resolves({ Failed: [failure('0')] });
  await expect(queue.sendAll(['a'])).rejects.toThrow('1 messages could not be sent after 6 rounds');
  expect(bodiesSent()).toHaveLength(6);
  expect(vi.mocked(wait).mock.calls).toEqual([[100], [200], [400], [800], [1_600]]);
});

test('nothing to send is no call', async () => {
  await queue.sendAll([]);
  expect(sqs.calls()).toHaveLength(0);
});
