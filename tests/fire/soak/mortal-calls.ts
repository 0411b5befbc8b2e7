import { DeleteObjectsCommand, S3Client } from '@aws-sdk/client-s3';
import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Random } from '../../fakes/seeded-random.ts';

/** Chances from 0 to 1. */
export type Mortality = {
  /** That an invocation dies, at one of its calls to AWS. */
  dies: number;
  /** That a call fails: half of them after it took effect. */
  fails: number;
};

type Life = { callsLeft: number; isDead: boolean; die: (reason: Error) => void };
type Sender = { send: (command: object, ...rest: unknown[]) => Promise<unknown> };

/** At one of so many calls an invocation dies, if it gets there: a page makes about as many. */
const CALLS = 10;

/**
 * Makes calls to AWS fail, and whole invocations die, before a call or after it: nothing of a dead one goes on, though its
 * process does. Whoever calls outside of an invocation is spared.
 */
export function mortalCalls(random: Random, { dies, fails }: Mortality) {
  const lives = new AsyncLocalStorage<Life>();
  const counts = { died: 0, failed: 0, swept: 0 };
  const prototypes = [S3Client, SQSClient, DynamoDBDocumentClient].map(
    ({ prototype }) => prototype as unknown as Sender,
  );
  const originals = prototypes.map(({ send }) => send);

  for (const [at, prototype] of prototypes.entries()) {
    const original = originals[at]!;
    prototype.send = function (this: unknown, command, ...rest) {
      const call = () => original.call(this, inHaste(command), ...rest);
      const life = lives.getStore();
      if (command instanceof DeleteObjectsCommand) counts.swept += 1;
      return life ? suffer(life, call) : call();
    };
  }

  async function suffer(life: Life, call: () => Promise<unknown>): Promise<unknown> {
    if (life.isDead) return await never();
    life.callsLeft -= 1;
    if (life.callsLeft === 0) {
      if (random.chance(0.5)) await call();
      life.isDead = true;
      counts.died += 1;
      life.die(new Error('died'));
      return await never();
    }
    if (random.chance(fails / 2)) throw trouble();
    const answer = await call();
    if (hasDied(life)) return await never();
    if (random.chance(fails / 2)) throw trouble();
    return answer;
  }

  const trouble = () => {
    counts.failed += 1;
    return Object.assign(new Error('AWS is in trouble'), { name: 'ServiceUnavailable' });
  };

  return {
    counts: counts as Readonly<typeof counts>,
    /** Throws when the invocation dies. */
    async invoke<T>(work: () => Promise<T>): Promise<T> {
      const death = Promise.withResolvers<never>();
      const callsLeft = random.chance(dies) ? random.whole(1, CALLS) : Infinity;
      const life: Life = { callsLeft, isDead: false, die: death.reject };
      return await Promise.race([lives.run(life, work), death.promise]);
    },
    restore(): void {
      for (const [at, prototype] of prototypes.entries()) prototype.send = originals[at]!;
    },
  };
}

/** At another of its calls, meanwhile. */
const hasDied = ({ isDead }: Life): boolean => isDead;

const never = () => new Promise<never>(() => undefined);

/** What would come in minutes comes in seconds, in the same order. */
function inHaste(command: object): object {
  if (command instanceof ChangeMessageVisibilityCommand) {
    const { VisibilityTimeout = 0 } = command.input;
    return new ChangeMessageVisibilityCommand({ ...command.input, VisibilityTimeout: Math.min(VisibilityTimeout, 1) });
  }
  if (!(command instanceof SendMessageCommand)) return command;
  const { DelaySeconds = 0 } = command.input;
  return new SendMessageCommand({ ...command.input, DelaySeconds: Math.ceil(DelaySeconds / 40) });
}
