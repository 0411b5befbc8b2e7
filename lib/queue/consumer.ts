import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import sqsPartialBatchFailure from '@middy/sqs-partial-batch-failure';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type * as z from 'zod';
import { logger } from '../logger.ts';
import { ProcessStuck, RetryLater } from '../requests/retry-later.ts';

/** Which delivery of the message this is, from 1, and how long the function still has. */
export type Delivery = { attempt: number; remainingMs: () => number };

export type Consumer<Message> = {
  message: z.ZodType<Message>;
  work: (message: Message, delivery: Delivery) => Promise<void>;
  /** The function's own queue, to say when a message is tried again; without it the queue's own time-out says so. */
  queue?: { hide: (receiptHandle: string, seconds: number) => Promise<void> };
};

/**
 * Trouble of our own is tried again after so many seconds, growing each time: a blip costs little, and the four deliveries
 * of a page outlast some minutes of throttling. A queue's time-out would take far longer.
 */
const TROUBLE_SECONDS = 10;
const TROUBLE_GROWTH = 4;
const TROUBLE_MOST_SECONDS = 900;

/**
 * The one middy stack of functions that read a queue: each message is parsed and worked on by itself, and those that
 * fail are returned alone. A message is deleted only after its work is done.
 */
export const consumer = <Message>({ message, work, queue }: Consumer<Message>) =>
  middy<SQSEvent, PromiseSettledResult<void>[] | SQSBatchResponse>()
    .use(injectLambdaContext(logger))
    .use(sqsPartialBatchFailure({ logger: logFailure }))
    .handler(async (event: SQSEvent, context: Context) =>
      Promise.allSettled(
        event.Records.map(async (record) => {
          const attempt = Number(record.attributes.ApproximateReceiveCount);
          try {
            await work(message.parse(parseJson(record.body)), {
              attempt,
              remainingMs: () => context.getRemainingTimeInMillis(),
            });
          } catch (error) {
            await queue?.hide(record.receiptHandle, pauseAfter(error, attempt)).catch((hideError: unknown) => {
              throw new AggregateError([error, hideError], 'a message failed and could not be hidden');
            });
            if (error instanceof ProcessStuck) endProcess(error, record);
            throw error;
          }
        }),
      ),
    );

/** Its message is hidden already; Lambda begins the next invocation in a new process. */
function endProcess(reason: ProcessStuck, record: SQSRecord): void {
  logFailure(reason, record);
  process.exit(1);
}

/** The parser's own error would put the body's beginning into the log. */
function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Error('the message is not JSON');
  }
}

const pauseAfter = (error: unknown, attempt: number): number =>
  error instanceof RetryLater
    ? error.seconds
    : Math.min(TROUBLE_SECONDS * TROUBLE_GROWTH ** (attempt - 1), TROUBLE_MOST_SECONDS);

function logFailure(reason: unknown, { messageId, attributes }: SQSRecord): void {
  const about = { messageId, attempt: attributes.ApproximateReceiveCount };
  if (reason instanceof RetryLater && !(reason instanceof ProcessStuck)) logger.info(reason.message, about);
  else
    logger.error('a message failed', { ...about, error: reason instanceof Error ? reason : new Error(String(reason)) });
}
