import { DeleteMessageBatchCommand, ReceiveMessageCommand, type Message, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';

/** The settings of `events: - sqs:` that matter here, with AWS's names and defaults. */
export type SourceSettings = {
  batchSize?: number;
  /** Seconds. */
  maximumBatchingWindow?: number;
  maximumConcurrency?: number;
  functionResponseType?: string;
};
export type SourceOptions = SourceSettings & {
  sqs: Pick<SQSClient, 'send'>;
  queue: { url: string; arn: string };
  /** Runs the function; a throw means that no message of the batch was handled. */
  invoke: (event: SQSEvent) => Promise<unknown>;
  /** Told of every throw and of every failure to reach the queue. */
  onError: (error: unknown) => void;
};
export type SqsSource = {
  /** Takes no more messages, and resolves when those in hand are done. */
  stop(): Promise<void>;
};

const RECEIVE_MOST = 10;
const LONG_POLL_SECONDS = 20;
const PAUSE_AFTER_ERROR_MS = 1000;

/**
 * Feeds a queue to a function as Lambda does: each of `maximumConcurrency` slots waits for messages, invokes, and deletes
 * what was handled. What was not is left to the queue: its visibility timeout, its dead-letter queue.
 */
export function startSqsSource(options: SourceOptions): SqsSource {
  const stopping = new AbortController();
  const slots = Array.from({ length: options.maximumConcurrency ?? 2 }, () => runSlot(options, stopping.signal));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(slots);
    },
  };
}

async function runSlot(options: SourceOptions, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    try {
      const messages = await receiveBatch(options, stopping);
      if (messages.length > 0) await handle(options, messages);
    } catch (error) {
      options.onError(error);
      await pause(stopping);
    }
  }
}

async function pause(stopping: AbortSignal): Promise<void> {
  await wait(PAUSE_AFTER_ERROR_MS, undefined, { signal: stopping }).catch(() => undefined);
}

/** Waits for a first message, then fills the batch for as long as the batching window allows. */
async function receiveBatch(options: SourceOptions, stopping: AbortSignal): Promise<Message[]> {
  const { batchSize = 10, maximumBatchingWindow = 0 } = options;
  const messages = await receive(options, { max: batchSize, seconds: LONG_POLL_SECONDS }, stopping);
  const deadline = Date.now() + maximumBatchingWindow * 1000;
  while (messages.length > 0 && messages.length < batchSize && !stopping.aborted) {
    const seconds = Math.ceil((deadline - Date.now()) / 1000);
    if (seconds <= 0) break;
    messages.push(...(await receive(options, { max: batchSize - messages.length, seconds }, stopping)));
  }
  return messages;
}

/** Nothing when stopped while waiting. */
async function receive(
  { sqs, queue }: SourceOptions,
  { max, seconds }: { max: number; seconds: number },
  stopping: AbortSignal,
): Promise<Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queue.url,
    MaxNumberOfMessages: Math.min(max, RECEIVE_MOST),
    WaitTimeSeconds: Math.min(seconds, LONG_POLL_SECONDS),
    MessageSystemAttributeNames: ['All'],
    MessageAttributeNames: ['All'],
  });
  try {
    const { Messages = [] } = await sqs.send(command, { abortSignal: stopping });
    return Messages;
  } catch (error) {
    if (stopping.aborted) return [];
    throw error;
  }
}

async function handle(options: SourceOptions, messages: Message[]): Promise<void> {
  const ids = messages.map(({ MessageId }) => MessageId ?? '');
  const answer = await options.invoke({ Records: messages.map((message) => toRecord(message, options.queue.arn)) });
  const failed = options.functionResponseType === 'ReportBatchItemFailures' ? failedIds(answer, ids) : new Set();
  await remove(
    options,
    messages.filter(({ MessageId }) => !failed.has(MessageId)),
  );
}

const Report = z.looseObject({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish(),
});

/** AWS takes an empty answer as success, and one that it can't make sense of as failure of the whole batch. */
function failedIds(answer: unknown, ids: readonly string[]): Set<unknown> {
  const report = Report.nullish().safeParse(answer);
  if (!report.success) return new Set(ids);
  const failed = report.data?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier) ?? [];
  return new Set(failed.every((id) => ids.includes(id)) ? failed : ids);
}

async function remove({ sqs, queue, onError }: SourceOptions, messages: Message[]): Promise<void> {
  for (let start = 0; start < messages.length; start += RECEIVE_MOST) {
    const Entries = messages
      .slice(start, start + RECEIVE_MOST)
      .map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
    const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queue.url, Entries }));
    for (const { Code, Message: reason } of Failed) onError(new Error(`Not deleted: ${Code ?? ''} ${reason ?? ''}`));
  }
}

/** A message as Lambda hands it to a function. */
function toRecord(message: Message, arn: string): SQSRecord {
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: message.Attributes as unknown as SQSRecord['attributes'],
    messageAttributes: toAttributes(message),
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: arn.split(':')[3] ?? '',
  };
}

function toAttributes({ MessageAttributes = {} }: Message): SQSRecord['messageAttributes'] {
  const converted = Object.entries(MessageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    {
      dataType: DataType,
      ...(StringValue !== undefined && { stringValue: StringValue }),
      ...(BinaryValue && { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
    },
  ]);
  return Object.fromEntries(converted) as SQSRecord['messageAttributes'];
}
