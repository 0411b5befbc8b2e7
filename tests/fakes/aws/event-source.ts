import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient, type Message } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import type { Random } from '../seeded-random.ts';
import { PEACEFUL, type Hostility } from './hostility.ts';
import { callingAs } from './memory-aws.ts';
import { arnOf } from './memory-sqs.ts';
import type { Handlers } from './start-handlers.ts';
import { nextTurn } from './turns.ts';

type Consumer = Handlers['consumers'][number];
type Delivery = { consumer: Consumer; queue: string; messages: Message[]; isCopy: boolean };
type Suffered = Record<'delayed' | 'duplicated' | 'deletesDropped' | 'expired' | 'staleReceipts', number>;

const sqs = new SQSClient({ region: 'eu-central-1' });

/** Beyond it something goes round for ever. */
const STEPS_MOST = 100_000;

/**
 * Feeds the queues in memory to their functions as Lambda does, but as badly as the hostility says. Time stands still
 * while anything is at work; when nothing is, it jumps to the next message.
 */
export class HostileSource {
  /** How often each function was invoked. */
  readonly deliveries = new Map<string, number>();
  /** How often each kind of hostility happened. */
  readonly suffered: Suffered = { delayed: 0, duplicated: 0, deletesDropped: 0, expired: 0, staleReceipts: 0 };
  readonly #handlers: Handlers;
  readonly #random: Random;
  readonly #hostility: Hostility;
  readonly #running = new Set<Delivery>();
  readonly #copies: Delivery[] = [];

  constructor(handlers: Handlers, random: Random, hostility: Hostility = PEACEFUL) {
    this.#handlers = handlers;
    this.#random = random;
    this.#hostility = hostility;
    for (const { moods } of handlers.aws.sqs.queues.values()) {
      if (hostility.reorder) moods.arrange = (visible) => random.sample(visible, visible.length);
      moods.honoursStale = () => {
        this.suffered.staleReceipts += 1;
        return random.chance(hostility.honourStale);
      };
    }
  }

  /** Resolves when all queues are empty and nobody is at work any more. */
  async runUntilQuiet(): Promise<void> {
    for (let steps = 0; (await this.#step()) === 'on'; steps++) {
      if (steps > STEPS_MOST) throw new Error(`there is no end: ${JSON.stringify(this.#handlers.aws.sqs.left())}`);
    }
  }

  async #step(): Promise<'on' | 'quiet'> {
    const { aws, callsUnderWay } = this.#handlers;
    await nextTurn();
    if (this.#running.size > 0 && this.#random.chance(this.#hostility.expire)) this.#expireOne();
    if (this.#running.size < this.#hostility.atOnce) {
      if (this.#copies.length > 0 && this.#random.chance(0.2)) this.#startCopy();
      await this.#receive();
    }
    if (this.#running.size > 0 || callsUnderWay() > 0) return 'on';
    const next = aws.sqs.nextVisibleAt();
    if (next !== undefined) aws.clock.advanceTo(next);
    else if (this.#copies.length > 0) this.#startCopy();
    else return 'quiet';
    return 'on';
  }

  /** Takes a batch of a queue that has something to give. */
  async #receive(): Promise<void> {
    const { aws, consumers } = this.#handlers;
    const visibleOf = ({ queue = '' }: Consumer) => aws.sqs.queue(queue).visible;
    const waiting = consumers.filter((consumer) => visibleOf(consumer).length > 0);
    if (waiting.length === 0) return;
    const consumer = this.#random.pick(waiting);
    if (this.#meets('delayed', this.#hostility.delay)) {
      aws.sqs.move(this.#random.pick(visibleOf(consumer)), this.#random.whole(1, 900));
      return;
    }
    const { queue = '' } = consumer;
    const command = new ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: consumer.batchSize });
    // Messages of an answer that was lost come again.
    const answer = await polling(consumer, () => sqs.send(command)).catch(() => undefined);
    const messages = answer?.Messages ?? [];
    if (messages.length === 0) return;
    const delivery = { consumer, queue, messages, isCopy: false };
    if (this.#meets('duplicated', this.#hostility.duplicate)) this.#copies.push({ ...delivery, isCopy: true });
    this.#start(delivery);
  }

  #startCopy(): void {
    const copy = this.#copies.shift();
    if (copy) this.#start(copy);
  }

  #start(delivery: Delivery): void {
    const { name } = delivery.consumer;
    this.deliveries.set(name, (this.deliveries.get(name) ?? 0) + 1);
    this.#running.add(delivery);
    void this.#deliver(delivery).finally(() => this.#running.delete(delivery));
  }

  async #deliver({ consumer, queue, messages }: Delivery): Promise<void> {
    const failed = await this.#handlers
      .invoke(consumer.name, toEvent(messages, queue))
      .then(failedIds, () => messages.map(({ MessageId }) => MessageId));
    const isDeleted = ({ MessageId }: Message) =>
      !failed.includes(MessageId) && !this.#meets('deletesDropped', this.#hostility.dropDelete);
    const done = messages.filter(isDeleted);
    if (done.length === 0) return;
    const Entries = done.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
    const command = new DeleteMessageBatchCommand({ QueueUrl: queue, Entries });
    // What could not be deleted comes again.
    await polling(consumer, () => sqs.send(command)).catch(() => undefined);
  }

  /** Has a message delivered a second time while its first delivery is still at work. */
  #expireOne(): void {
    const { aws } = this.#handlers;
    const first = [...this.#running].find(({ isCopy }) => !isCopy);
    if (!first) return;
    const ids = first.messages.map(({ MessageId }) => MessageId);
    // Only once: a message whose deliveries expire again and again would be given up before its work was tried.
    const expiring = aws.sqs
      .queue(first.queue)
      .messages.filter(({ id, receives }) => ids.includes(id) && receives === 1);
    for (const message of expiring) aws.sqs.move(message, 0);
    this.suffered.expired += expiring.length;
  }

  #meets(kind: keyof Suffered, chance: number): boolean {
    const happens = this.#random.chance(chance);
    if (happens) this.suffered[kind] += 1;
    return happens;
  }
}

const polling = <T>({ name }: Consumer, work: () => T): T => callingAs(`the poller of ${name}`, work);

function toEvent(messages: readonly Message[], queue: string): SQSEvent {
  return {
    Records: messages.map(({ MessageId = '', ReceiptHandle = '', Body = '', Attributes = {} }) => ({
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body,
      attributes: Attributes as unknown as SQSEvent['Records'][number]['attributes'],
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: arnOf(queue),
      awsRegion: 'eu-central-1',
    })),
  };
}

const failedIds = (answer: unknown): (string | undefined)[] =>
  (answer as { batchItemFailures: { itemIdentifier: string }[] }).batchItemFailures.map(
    ({ itemIdentifier }) => itemIdentifier,
  );
