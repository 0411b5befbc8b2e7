import { DeleteMessageBatchCommand, ReceiveMessageCommand, type Message } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { startSqsSource, type SourceOptions, type SqsSource } from './sqs-source.ts';

const queue = { url: 'http://127.0.0.1/000000000000/pages', arn: 'arn:aws:sqs:eu-west-1:000000000000:pages' };
const message = (n: number): Message => ({
  MessageId: `id-${n}`,
  ReceiptHandle: `receipt-${n}`,
  Body: `body ${n}`,
  MD5OfBody: 'md5',
  Attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1700000000000' },
  MessageAttributes: { kind: { DataType: 'String', StringValue: 'page' } },
});

/** A queue that remembers what was deleted; an empty one waits until it is asked to stop. */
function fakeQueue(waiting: Message[]) {
  const deleted: (string | undefined)[] = [];
  const send = (command: unknown, { abortSignal }: { abortSignal?: AbortSignal } = {}) => {
    if (command instanceof DeleteMessageBatchCommand) {
      deleted.push(...command.input.Entries!.map(({ ReceiptHandle }) => ReceiptHandle));
      return Promise.resolve({});
    }
    const { MaxNumberOfMessages = 1 } = (command as ReceiveMessageCommand).input;
    if (waiting.length > 0) return Promise.resolve({ Messages: waiting.splice(0, MaxNumberOfMessages) });
    return new Promise((_, reject) => {
      abortSignal?.addEventListener('abort', () => reject(new Error('aborted')));
    });
  };
  return { deleted, sqs: { send } as unknown as SourceOptions['sqs'] };
}

let source: SqsSource | undefined;
afterEach(() => source?.stop());

function run(waiting: Message[], invoke: (event: SQSEvent) => unknown, settings: Partial<SourceOptions> = {}) {
  const { deleted, sqs } = fakeQueue(waiting);
  const errors: unknown[] = [];
  const invocations: SQSEvent[] = [];
  source = startSqsSource({
    sqs,
    queue,
    maximumConcurrency: 1,
    functionResponseType: 'ReportBatchItemFailures',
    onError: (error) => errors.push(error),
    invoke: (event) => {
      invocations.push(event);
      return Promise.resolve(event).then(invoke);
    },
    ...settings,
  });
  return { deleted, errors, invocations };
}

const failing = (...ids: string[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });

describe('an SQS source', () => {
  test('hands messages over in the shape of Lambda', async () => {
    const { invocations } = run([message(1)], () => undefined);
    await vi.waitFor(() => expect(invocations).toHaveLength(1));
    expect(invocations[0]!.Records).toEqual([
      {
        messageId: 'id-1',
        receiptHandle: 'receipt-1',
        body: 'body 1',
        attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1700000000000' },
        messageAttributes: { kind: { dataType: 'String', stringValue: 'page' } },
        md5OfBody: 'md5',
        eventSource: 'aws:sqs',
        eventSourceARN: queue.arn,
        awsRegion: 'eu-west-1',
      },
    ]);
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['no failures', failing()],
    ['an empty answer', {}],
    ['null failures', { batchItemFailures: null }],
  ])('deletes all messages when the function reports %s', async (_, answer) => {
    const { deleted } = run([message(1), message(2)], () => answer);
    await vi.waitFor(() => expect(deleted).toEqual(['receipt-1', 'receipt-2']));
  });

  test('sends back alone what the function reports as failed', async () => {
    const { deleted } = run([message(1), message(2), message(3)], () => failing('id-2'));
    await vi.waitFor(() => expect(deleted).toEqual(['receipt-1', 'receipt-3']));
  });

  test.each([
    ['an unknown message', failing('id-9')],
    ['an empty id', failing('')],
    ['no list', { batchItemFailures: 'id-1' }],
    ['no id', { batchItemFailures: [{}] }],
  ])('sends all back when the report names %s', async (_, answer) => {
    const first = [message(1), message(2)];
    const later = message(3);
    const { deleted } = run([...first, later], (event) => (event.Records.length === 2 ? answer : undefined), {
      batchSize: 2,
    });
    await vi.waitFor(() => expect(deleted).toEqual(['receipt-3']));
  });

  test('ignores a report when the function is not declared to make one', async () => {
    const { deleted } = run([message(1)], () => failing('id-1'), { functionResponseType: undefined! });
    await vi.waitFor(() => expect(deleted).toEqual(['receipt-1']));
  });

  test('deletes nothing and goes on when the function throws', async () => {
    const { deleted, errors } = run(
      [message(1), message(2)],
      ({ Records }) => {
        if (Records[0]!.messageId === 'id-1') throw new Error('broken');
      },
      { batchSize: 1 },
    );
    await vi.waitFor(() => expect(deleted).toEqual(['receipt-2']), 3000);
    expect(errors).toMatchObject([{ message: 'broken' }]);
  });

  test('works on as many batches at once as it may', async () => {
    let running = 0;
    let most = 0;
    const release = Promise.withResolvers<undefined>();
    const work = async () => {
      running += 1;
      most = Math.max(most, running);
      await release.promise;
      running -= 1;
    };
    const waiting = Array.from({ length: 9 }, (_, n) => message(n));
    const { deleted, invocations } = run(waiting, work, { batchSize: 1, maximumConcurrency: 3 });
    await vi.waitFor(() => expect(invocations).toHaveLength(3));
    release.resolve(undefined);
    await vi.waitFor(() => expect(deleted).toHaveLength(9));
    expect(most).toBe(3);
  });

  test('stops after the batch in hand, which is still deleted', async () => {
    const release = Promise.withResolvers<undefined>();
    const { deleted, invocations } = run([message(1), message(2)], () => release.promise, { batchSize: 1 });
    await vi.waitFor(() => expect(invocations).toHaveLength(1));
    const stopped = source!.stop();
    release.resolve(undefined);
    await stopped;
    expect(deleted).toEqual(['receipt-1']);
    expect(invocations).toHaveLength(1);
  });
});
