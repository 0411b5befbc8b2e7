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

export type EventSource = ReturnType<typeof eventSource>;

/** Beyond it something goes round for ever. */
const STEPS_MOST = 100_000;

/**
 * Feeds the queues in memory to their functions as Lambda does, but as badly as the hostility says. Time stands still
 * while anything is at work; when nothing is, it jumps to the next message.
 */
export function eventSource(handlers: Handlers, random: Random, hostility: Hostility = PEACEFUL) {
  const { aws, consumers } = handlers;
  const sqs = new SQSClient({ region: 'eu-central-1' });
  const running = new Map<Delivery, Promise<void>>();
  const copies: Delivery[] = [];
  const deliveries = new Map<string, number>();
  const queueOf = ({ queue = '' }: Consumer) => aws.sqs.queue(queue);

  for (const { moods } of aws.sqs.queues.values()) {
    if (hostility.reorder) moods.arrange = (visible) => random.sample(visible, visible.length);
    moods.honoursStale = () => random.chance(hostility.honourStale);
  }

  /** Takes a batch of a queue that has something to give. */
  async function receive(): Promise<void> {
    const waiting = consumers.filter((consumer) => queueOf(consumer).visible.length > 0);
    if (waiting.length === 0) return;
    const consumer = random.pick(waiting);
    if (random.chance(hostility.delay)) {
      aws.sqs.move(random.pick(queueOf(consumer).visible), random.whole(1, 900));
      return;
    }
    const { queue = '' } = consumer;
    const command = new ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: consumer.batchSize });
    const { Messages: messages = [] } = await polling(consumer, () => sqs.send(command)).catch(() => ({ Messages: [] }));
    if (messages.length === 0) return;
    const delivery = { consumer, queue, messages, isCopy: false };
    if (random.chance(hostility.duplicate)) copies.push({ ...delivery, isCopy: true });
    start(delivery);
  }

  function start(delivery: Delivery): void {
    const { name } = delivery.consumer;
    deliveries.set(name, (deliveries.get(name) ?? 0) + 1);
    running.set(
      delivery,
      deliver(delivery).finally(() => running.delete(delivery)),
    );
  }

  async function deliver({ consumer, queue, messages }: Delivery): Promise<void> {
    const failed = await handlers
      .invoke(consumer.name, toEvent(messages, queue))
      .then(failedIds, () => messages.map(({ MessageId }) => MessageId));
    const done = messages.filter(({ MessageId }) => !failed.includes(MessageId) && !random.chance(hostility.dropDelete));
    if (done.length === 0) return;
    const Entries = done.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
    const command = new DeleteMessageBatchCommand({ QueueUrl: queue, Entries });
    // What could not be deleted comes again.
    await polling(consumer, () => sqs.send(command)).catch(() => undefined);
  }

  /** Has a message delivered a second time while its first delivery is still at work. */
  function expireOne(): void {
    const first = [...running.keys()].find(({ isCopy }) => !isCopy);
    if (!first) return;
    const ids = first.messages.map(({ MessageId }) => MessageId);
    // Only once: a message whose deliveries expire again and again would be given up before its work was tried.
    const expiring = aws.sqs.queue(first.queue).messages.filter(({ id, receives }) => ids.includes(id) && receives === 1);
    for (const message of expiring) aws.sqs.move(message, 0);
  }

  async function step(): Promise<'on' | 'quiet'> {
    await nextTurn();
    if (running.size > 0 && random.chance(hostility.expire)) expireOne();
    if (running.size < hostility.atOnce) {
      const late = copies.length > 0 && random.chance(0.2) ? copies.splice(0, 1) : [];
      for (const copy of late) start(copy);
      await receive();
    }
    if (running.size > 0 || handlers.callsUnderWay() > 0) return 'on';
    const next = aws.sqs.nextVisibleAt();
    if (next === undefined && copies.length === 0) return 'quiet';
    if (next === undefined) for (const copy of copies.splice(0)) start(copy);
    else aws.clock.advanceTo(next);
    return 'on';
  }

  return {
    /** How often each function was invoked. */
    deliveries: deliveries as ReadonlyMap<string, number>,

    /** Resolves when all queues are empty and nobody is at work any more. */
    async runUntilQuiet(): Promise<void> {
      for (let steps = 0; (await step()) === 'on'; steps++) {
        if (steps > STEPS_MOST) throw new Error(`there is no end: ${JSON.stringify(aws.sqs.left())}`);
      }
    },
  };
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
