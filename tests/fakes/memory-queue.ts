import type { Queue } from '../../lib/aws/queue.ts';
import type { Fault } from './memory-table.ts';

/** A queue that remembers what was sent; a test takes messages out as it likes. Messages travel as JSON, as in SQS. */
export class MemoryQueue<Message> implements Queue<Message> {
  readonly sent: Message[] = [];
  readonly delays: number[] = [];
  readonly hidden: { receiptHandle: string; seconds: number }[] = [];
  private readonly fault: Fault;

  constructor(fault: Fault = () => undefined) {
    this.fault = fault;
  }

  async send(message: Message, { delaySeconds = 0 } = {}): Promise<void> {
    await this.call('send', () => {
      this.sent.push(JSON.parse(JSON.stringify(message)) as Message);
      this.delays.push(delaySeconds);
    });
  }

  async sendAll(messages: readonly Message[]): Promise<void> {
    for (const message of messages) await this.send(message);
  }

  async hide(receiptHandle: string, seconds: number): Promise<void> {
    await this.call('hide', () => this.hidden.push({ receiptHandle, seconds }));
  }

  private async call(name: string, work: () => void): Promise<void> {
    await this.fault(name, 'before');
    work();
    await this.fault(name, 'after');
  }
}
