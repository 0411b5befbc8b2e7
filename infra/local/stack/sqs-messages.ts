import * as z from 'zod';
import { invalid, SqsError } from './sqs-error.ts';
import { md5, type Message, type Queue, type SqsStore } from './sqs-store.ts';

const TWELVE_HOURS = 43_200;
// What XML 1.0 allows; SQS refuses the rest.
const FORBIDDEN_CHARACTERS = /[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

const visibility = z.number().int().min(0).max(TWELVE_HOURS);
const receipted = z.object({ ReceiptHandle: z.string().min(1) });
const hidden = receipted.extend({ VisibilityTimeout: visibility });
const attributesAsked = z.array(z.string()).default([]);
const sent = z.object({
  MessageBody: z.string().min(1),
  DelaySeconds: z.number().int().min(0).max(900).optional(),
  MessageAttributes: z.record(z.string(), z.unknown()).optional(),
});
const received = z.object({
  MaxNumberOfMessages: z.number().int().min(1).max(10).default(1),
  VisibilityTimeout: visibility.optional(),
  WaitTimeSeconds: z.number().int().min(0).max(20).optional(),
  AttributeNames: attributesAsked,
  MessageSystemAttributeNames: attributesAsked,
});

export function send(store: SqsStore, queue: Queue, input: unknown): object {
  const { MessageBody: body, DelaySeconds: delaySeconds, MessageAttributes: attributes } = sent.parse(input);
  const most = Number(queue.attributes.MaximumMessageSize);
  if (Buffer.byteLength(body) > most) throw invalid(`Message must be shorter than ${most} bytes.`);
  if (FORBIDDEN_CHARACTERS.test(body)) throw new SqsError('InvalidMessageContents', 'SQS refuses these characters.');
  const { id, md5: digest } = store.send(queue, {
    body,
    ...(delaySeconds !== undefined && { delaySeconds }),
    ...(attributes && { attributes: JSON.stringify(attributes) }),
  });
  return { MessageId: id, MD5OfMessageBody: digest };
}

/** A reader who has hung up gets nothing: the message would be hidden from the others until its timeout. */
export async function receive(store: SqsStore, queue: Queue, input: unknown, gone: AbortSignal): Promise<object> {
  const asked = received.parse(input);
  const seconds = asked.WaitTimeSeconds ?? Number(queue.attributes.ReceiveMessageWaitTimeSeconds);
  const deadline = Date.now() + seconds * 1000;
  const wanted = new Set([...asked.AttributeNames, ...asked.MessageSystemAttributeNames]);
  while (!gone.aborted) {
    // Its attributes, the dead-letter queue's among them, may have been changed while this call waited.
    const current = store.find(queue.name) ?? queue;
    const messages = store.receive(current, asked.MaxNumberOfMessages, asked.VisibilityTimeout);
    if (messages.length > 0) return { Messages: messages.map((message) => toWire(message, wanted)) };
    if (Date.now() >= deadline) break;
    await store.arrival(queue, deadline, gone);
  }
  return {};
}

/** Removes a message; one that is gone already is no error, as in SQS. */
export function remove(store: SqsStore, queue: Queue, input: unknown): object {
  store.remove(queue, receipted.parse(input).ReceiptHandle);
  return {};
}

export function hide(store: SqsStore, queue: Queue, input: unknown): object {
  const { ReceiptHandle: receipt, VisibilityTimeout: seconds } = hidden.parse(input);
  if (store.changeVisibility(queue, receipt, seconds)) return {};
  throw new SqsError('MessageNotInflight', 'It is not in flight.', 'AWS.SimpleQueueService.MessageNotInflight');
}

function toWire(message: Message, wanted: Set<string>): object {
  const attributes = {
    SenderId: 'local',
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receives),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
  };
  return {
    MessageId: message.id,
    ReceiptHandle: message.receipt,
    Body: message.body,
    MD5OfBody: md5(message.body),
    Attributes: Object.fromEntries(
      Object.entries(attributes).filter(([name]) => wanted.has('All') || wanted.has(name)),
    ),
    ...(message.attributes && { MessageAttributes: JSON.parse(message.attributes) as object }),
  };
}
