import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import { awsFailure, silent } from './aws-failure.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-codes.ts';

/** Two queues by their names: one, and where its messages end that could not be handled. */
export type QueuePair = { queue: string; dead: string };

/** `came back`: it was moved by this run already, and has failed again meanwhile. */
export type DeadLetter = { body: string; outcome: 'moved' | 'came back' };

export type DeadLetters = Awaited<ReturnType<typeof openDeadLetters>>;

const BATCH_MOST = 10;
/** Asks all of SQS' servers, so that an empty answer means that there is nothing. */
const WAIT_SECONDS = 1;
/** Time to move ten; what was received and not moved is there again after it. */
const HIDDEN_SECONDS = 60;

/** The dead letters of a queue. Credentials, region and endpoint are those of the AWS environment. */
export const openDeadLetters = async ({ queue, dead }: QueuePair, signal: AbortSignal) => {
  // Emulators answer with queue URLs whose hosts do not resolve.
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false, logger: silent });
  const options = { abortSignal: signal };
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T> =>
    work().catch((error: unknown) => {
      throw awsFailure(what, error, signal);
    });
  const urlOf = async (name: string): Promise<string> => {
    const found = await attempt(`Cannot find the queue ${name}`, async () =>
      sqs.send(new GetQueueUrlCommand({ QueueName: name }), options).catch((error: unknown) => {
        if (error instanceof QueueDoesNotExist) return undefined;
        throw error;
      }),
    );
    if (found?.QueueUrl !== undefined) return found.QueueUrl;
    throw new CliError(ExitCode.usage, `There is no queue ${name}: are --stage, the region and the account right?`);
  };
  const [queueUrl, deadUrl] = [await urlOf(queue), await urlOf(dead)];
  const moved = new Set<string | undefined>();

  /** First sent, then deleted: what dies in between leaves one too many, never one too few. */
  const move = async ({
    Body: body = '',
    MessageAttributes,
    MessageId,
    ReceiptHandle,
  }: Message): Promise<DeadLetter> => {
    if (moved.has(MessageId)) return { body, outcome: 'came back' };
    // No signal: what was sent is deleted before Ctrl-C ends the program.
    const sent = await attempt(`Cannot send to ${queue}`, () =>
      sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, MessageAttributes })),
    );
    moved.add(sent.MessageId);
    await attempt(`Sent to ${queue}, but cannot delete from ${dead}`, () =>
      sqs.send(new DeleteMessageCommand({ QueueUrl: deadUrl, ReceiptHandle })),
    );
    return { body, outcome: 'moved' };
  };

  return {
    close: () => sqs.destroy(),

    /** About how many there are; those that their own function has in hand are counted apart. */
    async count(): Promise<{ waiting: number; inHand: number }> {
      const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
      const command = new GetQueueAttributesCommand({ QueueUrl: deadUrl, AttributeNames: [...names] });
      const { Attributes = {} } = await attempt(`Cannot read ${dead}`, () => sqs.send(command, options));
      const [waiting = 0, inHand = 0] = names.map((name) => Number(Attributes[name]));
      return { waiting, inHand };
    },

    /** Moves them back, one after another, until there are none, or so many have been moved, or only those that came back. */
    async *redrive(limit: number): AsyncGenerator<DeadLetter> {
      for (let left = limit; left > 0;) {
        const receive = new ReceiveMessageCommand({
          QueueUrl: deadUrl,
          MaxNumberOfMessages: Math.min(left, BATCH_MOST),
          VisibilityTimeout: HIDDEN_SECONDS,
          WaitTimeSeconds: WAIT_SECONDS,
          MessageAttributeNames: ['All'],
        });
        const { Messages = [] } = await attempt(`Cannot read ${dead}`, () => sqs.send(receive, options));
        let progress = 0;
        for (const message of Messages) {
          signal.throwIfAborted();
          const letter = await move(message);
          if (letter.outcome === 'moved') progress++;
          yield letter;
        }
        if (progress === 0) return;
        left -= progress;
      }
    },
  };
};
