import type { VirtualClock } from './clock.ts';

export type QueueSettings = {
  name: string;
  /** Seconds. */
  visibility: number;
  deadLetters?: { queue: string; maxReceiveCount: number };
};

export type QueuedMessage = {
  /** In the order of sending. */
  readonly number: number;
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  visibleAt: number;
  receives: number;
  firstReceivedAt: number | undefined;
  /** Every one that was handed out, the newest last; only that one counts for sure. */
  receipts: string[];
};

/** What a standard queue leaves open, and a hostile test decides. */
export type QueueMoods = {
  /** In which order visible messages are handed out; SQS promises none. */
  arrange: (visible: QueuedMessage[]) => QueuedMessage[];
  /** Whether an older receipt still works: SQS says "might not". */
  honoursStale: () => boolean;
};

/** A standard queue of SQS in memory. */
export class MessageQueue {
  readonly settings: QueueSettings;
  readonly moods: QueueMoods = { arrange: (visible) => visible, honoursStale: () => false };
  readonly #clock: VirtualClock;
  #messages: QueuedMessage[] = [];
  #sent = 0;

  constructor(settings: QueueSettings, clock: VirtualClock) {
    this.settings = settings;
    this.#clock = clock;
  }

  /** All that is here, also what is delayed or being worked on. */
  get messages(): readonly QueuedMessage[] {
    return this.#messages;
  }

  get visible(): QueuedMessage[] {
    const now = this.#clock.now;
    return this.#messages
      .filter(({ visibleAt }) => visibleAt <= now)
      .sort((a, b) => a.visibleAt - b.visibleAt || a.number - b.number);
  }

  send(body: string, delaySeconds = 0): string {
    const { now } = this.#clock;
    const number = ++this.#sent;
    const id = `${this.settings.name}-${number}`;
    const visibleAt = now + delaySeconds * 1000;
    const untouched = { receives: 0, firstReceivedAt: undefined, receipts: [] };
    this.#messages.push({ number, id, body, sentAt: now, visibleAt, ...untouched });
    return id;
  }

  /** What was received too often already goes to `bury` instead. */
  receive(max: number, seconds: number, bury: (message: QueuedMessage) => void): QueuedMessage[] {
    const { now } = this.#clock;
    const most = this.settings.deadLetters?.maxReceiveCount ?? Infinity;
    const received: QueuedMessage[] = [];
    for (const message of this.moods.arrange(this.visible)) {
      if (received.length >= max) break;
      if (message.receives >= most) {
        this.#remove(message);
        bury(message);
        continue;
      }
      message.receives += 1;
      message.firstReceivedAt ??= now;
      message.receipts.push(`${message.id}-receipt-${message.receives}`);
      message.visibleAt = Math.max(now + seconds * 1000, now + 1);
      received.push(message);
    }
    return received;
  }

  /** A dead letter of another queue. */
  take(message: QueuedMessage): void {
    message.visibleAt = this.#clock.now;
    message.receipts = [];
    this.#messages.push(message);
  }

  /** Succeeds always, as in SQS; an older receipt than the newest removes nothing, or does. */
  remove(receipt: string): void {
    const message = this.#find(receipt);
    if (message && (isNewest(receipt, message) || this.moods.honoursStale())) this.#remove(message);
  }

  /** False when the message is not in flight, or not under this receipt. */
  hide(receipt: string, seconds: number): boolean {
    const { now } = this.#clock;
    const message = this.#find(receipt);
    if (!message || message.visibleAt <= now) return false;
    if (!isNewest(receipt, message) && !this.moods.honoursStale()) return false;
    message.visibleAt = now + seconds * 1000;
    return true;
  }

  #find(receipt: string): QueuedMessage | undefined {
    return this.#messages.find(({ receipts }) => receipts.includes(receipt));
  }

  #remove(message: QueuedMessage): void {
    this.#messages = this.#messages.filter((other) => other !== message);
  }
}

const isNewest = (receipt: string, { receipts }: QueuedMessage) => receipts.at(-1) === receipt;
