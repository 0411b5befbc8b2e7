import { MessageNotInflight, QueueDoesNotExist } from '@aws-sdk/client-sqs';
import type { VirtualClock } from './clock.ts';
import { MessageQueue, type QueuedMessage, type QueueSettings } from './message-queue.ts';

type OnQueue = { QueueUrl: string };
type Sent = { MessageBody: string; DelaySeconds?: number };
type Receipted = { ReceiptHandle: string };
type Receive = OnQueue & { MaxNumberOfMessages?: number; WaitTimeSeconds?: number; VisibilityTimeout?: number };
type Batch<Entry> = OnQueue & { Entries: (Entry & { Id: string })[] };

const BATCH_MOST = 10;
const BYTES_MOST = 1_048_576;
const DELAY_MOST = 900;
const HIDE_MOST = 43_200;

/** The queues of SQS in memory, on a clock that only a test moves. */
export class MemorySqs {
  readonly queues: ReadonlyMap<string, MessageQueue>;
  readonly #clock: VirtualClock;
  readonly #waiting = new Set<() => void>();

  constructor(queues: readonly QueueSettings[], clock: VirtualClock) {
    this.#clock = clock;
    this.queues = new Map(queues.map((settings) => [settings.name, new MessageQueue(settings, clock)]));
    clock.onAdvance(() => this.#wake());
  }

  queue(name: string): MessageQueue {
    const queue = this.queues.get(name);
    if (queue) return queue;
    throw new QueueDoesNotExist({ message: `There is no queue ${name}.`, $metadata: {} });
  }

  /** How many messages each queue has, delayed ones and those in flight included; empty queues are left out. */
  left(): Record<string, number> {
    const counts = [...this.queues].map(([name, { messages }]) => [name, messages.length] as const);
    return Object.fromEntries(counts.filter(([, count]) => count > 0));
  }

  /** When the next message can be received; it may be now. Undefined when there is none. */
  nextVisibleAt(): number | undefined {
    const times = [...this.queues.values()].flatMap(({ messages }) => messages.map(({ visibleAt }) => visibleAt));
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  /** Readers that wait for messages by long polling. */
  get readers(): number {
    return this.#waiting.size;
  }

  /** Makes a message visible at another time, whoever works on it: seconds from now. */
  move(message: QueuedMessage, seconds: number): void {
    message.visibleAt = this.#clock.now + seconds * 1000;
    this.#wake();
  }

  /** Sends as one of our functions or S3 would. */
  put(queue: string, body: unknown): void {
    this.#send(this.queue(queue), { MessageBody: JSON.stringify(body) });
  }

  readonly actions = {
    SendMessage: (input: OnQueue & Sent) => this.#send(this.#queueAt(input), input),

    SendMessageBatch: (input: Batch<Sent>) => {
      const bytes = input.Entries.reduce((sum, { MessageBody }) => sum + Buffer.byteLength(MessageBody), 0);
      if (bytes > BYTES_MOST) throw new Error('a batch has at most 1 MiB');
      return this.#each(input, (queue, entry) => this.#send(queue, entry));
    },

    ReceiveMessage: (input: Receive, { abortSignal }: { abortSignal?: AbortSignal } = {}) =>
      this.#receive(input, abortSignal),

    DeleteMessage: (input: OnQueue & Receipted) => {
      this.#queueAt(input).remove(input.ReceiptHandle);
      return {};
    },

    DeleteMessageBatch: (input: Batch<Receipted>) =>
      this.#each(input, (queue, { ReceiptHandle }) => {
        queue.remove(ReceiptHandle);
        return {};
      }),

    ChangeMessageVisibility: (input: OnQueue & Receipted & { VisibilityTimeout: number }) => {
      if (!between(input.VisibilityTimeout, HIDE_MOST)) throw new Error(`hidden for ${input.VisibilityTimeout} s`);
      const hidden = this.#queueAt(input).hide(input.ReceiptHandle, input.VisibilityTimeout);
      if (!hidden) throw new MessageNotInflight({ message: 'The message is not in flight.', $metadata: {} });
      this.#wake();
      return {};
    },

    GetQueueUrl: ({ QueueName }: { QueueName: string }) => ({ QueueUrl: urlOf(this.queue(QueueName).settings.name) }),

    ListQueues: () => ({ QueueUrls: [...this.queues.keys()].map(urlOf) }),

    GetQueueAttributes: (input: OnQueue) => {
      const { messages, visible, settings } = this.#queueAt(input);
      const hidden = messages.filter(({ visibleAt }) => visibleAt > this.#clock.now);
      const inFlight = hidden.filter(({ receives }) => receives > 0);
      return {
        Attributes: {
          QueueArn: arnOf(settings.name),
          VisibilityTimeout: String(settings.visibility),
          ApproximateNumberOfMessages: String(visible.length),
          ApproximateNumberOfMessagesNotVisible: String(inFlight.length),
          ApproximateNumberOfMessagesDelayed: String(hidden.length - inFlight.length),
        },
      };
    },
  };

  /** The host of a queue URL means nothing: the name at its end says which queue it is. */
  #queueAt({ QueueUrl }: OnQueue): MessageQueue {
    return this.queue(QueueUrl.split('/').at(-1) ?? '');
  }

  #send(queue: MessageQueue, { MessageBody, DelaySeconds }: Sent) {
    if (Buffer.byteLength(MessageBody) > BYTES_MOST) throw new Error('a message has at most 1 MiB');
    if (!between(DelaySeconds ?? 0, DELAY_MOST)) throw new Error(`a delay of ${DelaySeconds ?? 0} s`);
    const id = queue.send(MessageBody, DelaySeconds);
    this.#wake();
    return { MessageId: id };
  }

  async #receive(input: Receive, abortSignal: AbortSignal | undefined) {
    const queue = this.#queueAt(input);
    const { MaxNumberOfMessages = 1, WaitTimeSeconds = 0, VisibilityTimeout = queue.settings.visibility } = input;
    const deadline = this.#clock.now + WaitTimeSeconds * 1000;
    for (;;) {
      abortSignal?.throwIfAborted();
      const messages = queue.receive(MaxNumberOfMessages, VisibilityTimeout, (dead) => this.#bury(queue, dead));
      if (messages.length > 0) return { Messages: messages.map(toWire) };
      if (this.#clock.now >= deadline) return {};
      await this.#change(abortSignal);
    }
  }

  #bury({ settings }: MessageQueue, message: QueuedMessage): void {
    if (settings.deadLetters) this.queue(settings.deadLetters.queue).take(message);
    this.#wake();
  }

  async #change(abortSignal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const done = () => resolve(undefined);
    this.#waiting.add(done);
    abortSignal?.addEventListener('abort', done, { once: true });
    await promise;
    this.#waiting.delete(done);
    abortSignal?.removeEventListener('abort', done);
  }

  #wake(): void {
    for (const done of this.#waiting) done();
  }

  #each<Entry>(input: Batch<Entry>, work: (queue: MessageQueue, entry: Entry) => object) {
    const queue = this.#queueAt(input);
    const ids = new Set(input.Entries.map(({ Id }) => Id));
    if (ids.size !== input.Entries.length || ids.size === 0 || ids.size > BATCH_MOST) {
      throw new Error('a batch has 1 to 10 entries with distinct ids');
    }
    return { Successful: input.Entries.map((entry) => ({ Id: entry.Id, ...work(queue, entry) })) };
  }
}

const between = (value: number, most: number) => Number.isInteger(value) && value >= 0 && value <= most;

const urlOf = (name: string) => `https://sqs.eu-central-1.amazonaws.com/123456789012/${name}`;

/** The ARN of a queue in the region and account of the fakes. */
export const arnOf = (name: string) => `arn:aws:sqs:eu-central-1:123456789012:${name}`;

const toWire = ({ id, body, sentAt, receives, firstReceivedAt, receipts }: QueuedMessage) => ({
  MessageId: id,
  ReceiptHandle: receipts.at(-1),
  Body: body,
  Attributes: {
    SenderId: 'AROAEXAMPLE',
    SentTimestamp: String(sentAt),
    ApproximateReceiveCount: String(receives),
    ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
  },
});
