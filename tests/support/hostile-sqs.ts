import { DeleteMessageBatchCommand, ReceiveMessageCommand, type Message, type SQSClient } from '@aws-sdk/client-sqs';
import type { Random } from '../fakes/seeded-random.ts';

/** What the reader of a queue suffers; chances from 0 to 1. */
export type SqsFaults = {
  /** A message is handed out once more as it was, also after it was deleted. */
  duplicate: number;
  /** A message is held back and comes behind later ones. */
  reorder: number;
  /** A deletion is acknowledged and forgotten. */
  dropDelete: number;
};

type Sqs = Pick<SQSClient, 'send'>;
type Options = { abortSignal?: AbortSignal };

/** A client of SQS, real or in memory, that treats whoever receives by it as badly as a standard queue may. */
export function hostileSqs(sqs: Sqs, random: Random, faults: SqsFaults) {
  const send = sqs.send.bind(sqs) as (command: object, options?: Options) => Promise<object>;
  /** By queue: what will be handed out at some later receive. */
  const kept = new Map<string, Message[]>();
  const counts = { duplicated: 0, reordered: 0, deletesDropped: 0 };
  const keptFor = (url: string) => {
    const messages = kept.get(url) ?? [];
    kept.set(url, messages);
    return messages;
  };

  async function receive({ input }: ReceiveMessageCommand, options?: Options): Promise<{ Messages?: Message[] }> {
    const waiting = keptFor(input.QueueUrl ?? '');
    // Who waits for what is kept here would wait for ever.
    const patience = waiting.length > 0 ? { WaitTimeSeconds: 0 } : {};
    const answer: { Messages?: Message[] } = await send(new ReceiveMessageCommand({ ...input, ...patience }), options);
    const fresh = answer.Messages ?? [];
    const now = fresh.filter((message) => {
      if (random.chance(faults.duplicate)) counts.duplicated += waiting.push(message) && 1;
      if (!random.chance(faults.reorder)) return true;
      counts.reordered += waiting.push(message) && 1;
      return false;
    });
    const room = (input.MaxNumberOfMessages ?? 1) - now.length;
    const late = fresh.length === 0 || random.chance(0.3) ? random.sample(waiting, room) : [];
    for (const message of late) waiting.splice(waiting.indexOf(message), 1);
    const Messages = [...now, ...late];
    return Messages.length > 0 ? { Messages } : {};
  }

  async function remove({ input }: DeleteMessageBatchCommand, options?: Options): Promise<object> {
    const kept = input.Entries?.filter(() => !random.chance(faults.dropDelete)) ?? [];
    counts.deletesDropped += (input.Entries?.length ?? 0) - kept.length;
    if (kept.length === 0) return { Successful: input.Entries, Failed: [] };
    return await send(new DeleteMessageBatchCommand({ ...input, Entries: kept }), options);
  }

  const hostile = (command: object, options?: Options): Promise<object> => {
    if (command instanceof ReceiveMessageCommand) return receive(command, options);
    if (command instanceof DeleteMessageBatchCommand) return remove(command, options);
    return send(command, options);
  };
  return {
    sqs: { send: hostile } as unknown as Sqs,
    /** How often each fault happened. */
    counts: counts as Readonly<typeof counts>,
    /** Messages that will still be handed out. */
    left: () => [...kept.values()].reduce((sum, messages) => sum + messages.length, 0),
  };
}
