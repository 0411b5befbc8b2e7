import { beforeEach, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { lambdaContext, sqsEvent } from '../../tests/fakes/lambda.ts';
import { MemoryQueue } from '../../tests/fakes/memory-queue.ts';
import { logger } from '../logger.ts';
import { ProcessStuck, RetryLater } from '../requests/retry-later.ts';
import { consumer, type Delivery } from './consumer.ts';

const Message = z.object({ page: z.number() });
type Message = z.output<typeof Message>;

const logged = {
  error: vi.spyOn(logger, 'error').mockReturnValue(undefined),
  info: vi.spyOn(logger, 'info').mockReturnValue(undefined),
};
beforeEach(() => void vi.clearAllMocks());

function prepare(work: (message: Message, delivery: Delivery) => Promise<void> = () => Promise.resolve()) {
  const queue = new MemoryQueue<Message>();
  const handler = consumer({ message: Message, work, queue });
  const run = async (messages: unknown[], attempt = 1) =>
    await handler(sqsEvent(messages, { attempt }), lambdaContext());
  return { queue, run };
}
const failed = (...ids: number[]) => ({ batchItemFailures: ids.map((id) => ({ itemIdentifier: `message-${id}` })) });

test('a message is worked on, then gone', async () => {
  const done: number[] = [];
  const { run, queue } = prepare(({ page }) => Promise.resolve(void done.push(page)));
  expect(await run([{ page: 1 }, { page: 2 }])).toEqual(failed());
  expect(done).toEqual([1, 2]);
  expect(queue.hidden).toEqual([]);
});

test.each([
  ['that is not JSON', '<html>'],
  ['of an older shape', { pages: [1] }],
  ['that is empty', ''],
])('a poison message %s is sent back alone; its neighbours are done', async (_name, poison) => {
  const done: number[] = [];
  const { run } = prepare(({ page }) => Promise.resolve(void done.push(page)));
  expect(await run([{ page: 1 }, poison, { page: 3 }])).toEqual(failed(1));
  expect(done).toEqual([1, 3]);
});

test('the work is told which delivery this is and how long the function still has', async () => {
  let told: Delivery | undefined;
  const { run } = prepare((_message, delivery) => Promise.resolve(void (told = delivery)));
  await run([{ page: 1 }], 3);
  expect(told?.attempt).toBe(3);
  expect(told?.remainingMs()).toBe(60_000);
});

test('what asks to be tried later is hidden for as long, which is no error', async () => {
  const { run, queue } = prepare(() => Promise.reject(new RetryLater(300, 'the receiver is busy')));
  expect(await run([{ page: 1 }])).toEqual(failed(0));
  expect(queue.hidden).toEqual([{ receiptHandle: 'receipt-0', seconds: 300 }]);
  expect(logged.error).not.toHaveBeenCalled();
  expect(logged.info).toHaveBeenCalledWith('the receiver is busy', { messageId: 'message-0', attempt: '1' });
});

test('a process that is stuck ends, once its message is hidden', async () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => {
    throw new Error('ended');
  });
  const { run, queue } = prepare(() => Promise.reject(new ProcessStuck(15, 'an image never came back')));
  await run([{ page: 1 }]);
  expect(exit).toHaveBeenCalledExactlyOnceWith(1);
  expect(queue.hidden).toEqual([{ receiptHandle: 'receipt-0', seconds: 15 }]);
  expect(logged.error.mock.calls[0]).toMatchObject(['a message failed', { messageId: 'message-0', attempt: '1' }]);
  exit.mockRestore();
});

test.each([
  [1, 10],
  [2, 40],
  [3, 160],
  [5, 900],
  [20, 900],
])('after trouble in delivery %i a message is hidden for %i seconds', async (attempt, seconds) => {
  const { run, queue } = prepare(() => Promise.reject(new Error('DynamoDB is down')));
  expect(await run([{ page: 1 }], attempt)).toEqual(failed(0));
  expect(queue.hidden).toMatchObject([{ seconds }]);
  expect(logged.error).toHaveBeenCalledOnce();
});

test('a message that can not even be hidden comes back by the queue’s own time-out, with both reasons logged', async () => {
  const { run, queue } = prepare(() => Promise.reject(new Error('DynamoDB is down')));
  queue.hide = () => Promise.reject(new Error('SQS is down'));
  expect(await run([{ page: 1 }])).toEqual(failed(0));
  const [, about] = logged.error.mock.calls[0]!;
  const { errors } = (about as unknown as { error: AggregateError }).error;
  expect(errors.map(String)).toEqual(['Error: DynamoDB is down', 'Error: SQS is down']);
});

test('without a queue of its own a failed message is only returned', async () => {
  const handler = consumer({ message: Message, work: () => Promise.reject(new Error('no')) });
  expect(await handler(sqsEvent([{ page: 1 }]), lambdaContext())).toEqual(failed(0));
});
