import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { setTimeout as wait } from 'node:timers/promises';

/** What the product asks of a queue; tests hand in one that lives in memory. Messages travel as JSON. */
export type Queue<Message> = {
  send(message: Message, options?: { delaySeconds?: number }): Promise<void>;
  /** Sends all or throws; after a throw some may have been sent. */
  sendAll(messages: readonly Message[]): Promise<void>;
  /** Hides a received message for so many seconds (at most 12 hours from its receipt), then it is delivered again. */
  hide(receiptHandle: string, seconds: number): Promise<void>;
};

const BATCH_MOST = 10;
/** SQS allows 1 MiB a batch; below it stays room for its own framing. */
const BATCH_BYTES_MOST = 1_000_000;
const ROUNDS_MOST = 6;

/** A queue of SQS by its URL. The URL is never used as the endpoint: emulators answer with hosts that do not resolve. */
export function openQueue<Message>(
  queueUrl: string,
  client = new SQSClient({ useQueueUrlAsEndpoint: false }),
): Queue<Message> {
  return {
    async send(message, { delaySeconds = 0 } = {}) {
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: toBody(message),
          DelaySeconds: delaySeconds,
        }),
      );
    },

    async sendAll(messages) {
      for (const batch of inBatches(messages.map(toBody))) {
        await sendBatch(client, queueUrl, batch);
      }
    },

    async hide(receiptHandle, seconds) {
      await client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queueUrl,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: seconds,
        }),
      );
    },
  };
}

/** JSON in the characters of XML 1.0, which SQS takes alone: JSON.stringify escapes all others, except these two. */
const toBody = (message: unknown): string =>
  JSON.stringify(message).replace(/[\uFFFE\uFFFF]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);

/** A batch can fail in part: what failed is sent again, with growing pauses, before giving up. */
async function sendBatch(client: SQSClient, queueUrl: string, bodies: string[]): Promise<void> {
  let left = bodies;
  for (let round = 0; round < ROUNDS_MOST; round++) {
    if (round > 0) await wait(50 * 2 ** round);
    const answer = await client.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: left.map((body, at) => ({ Id: String(at), MessageBody: body })),
      }),
    );
    const failed = new Set(answer.Failed?.map((entry) => entry.Id));
    left = left.filter((_, at) => failed.has(String(at)));
    if (left.length === 0) return;
  }
  throw new Error(`${left.length} messages could not be sent after ${ROUNDS_MOST} rounds`);
}

/** Cuts a list of message bodies where SQS' limits of a batch ask for it. */
export function inBatches(bodies: readonly string[]): string[][] {
  const batches: string[][] = [];
  let bytes = 0;
  for (const body of bodies) {
    const size = Buffer.byteLength(body);
    const current = batches.at(-1);
    if (current && current.length < BATCH_MOST && bytes + size <= BATCH_BYTES_MOST) {
      current.push(body);
      bytes += size;
    } else {
      batches.push([body]);
      bytes = size;
    }
  }
  return batches;
}
