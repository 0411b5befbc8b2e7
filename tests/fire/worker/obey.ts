import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { AsyncLocalStorage } from 'node:async_hooks';
import { writeSync } from 'node:fs';
import { describeCall, type Call } from './calls.ts';
import { LAST_WORDS_FD, type LastWords, type Moment, type Order } from './protocol.ts';

const NEVER = new Promise(() => undefined);
const caller = new AsyncLocalStorage<string>();
let standing: (Order & { seen: number })[] = [];
let released = Promise.withResolvers<undefined>();

/** Whatever the work calls is called by this function or poller. */
export const callingAs = <T>(by: string, work: () => Promise<T>): Promise<T> => caller.run(by, work);

/** Orders for what follows; they take the place of earlier ones. */
export function take(orders: readonly Order[]): void {
  standing = orders.map((order) => ({ ...order, seen: 0 }));
  release();
}

/** Whoever was told to wait goes on. */
export function release(): void {
  released.resolve(undefined);
  released = Promise.withResolvers<undefined>();
}

/** From now on every call to AWS, of whatever client, passes the orders before and after. */
export function watchCalls(): void {
  for (const { prototype } of [S3Client, SQSClient, DynamoDBDocumentClient]) watch(prototype as unknown as Sender);
}

type Sender = { send: (...parameters: unknown[]) => Promise<unknown> };

function watch(prototype: Sender): void {
  const { send } = prototype;
  prototype.send = async function (this: unknown, ...parameters) {
    const call = describeCall(caller.getStore() ?? '', parameters[0] as Parameters<typeof describeCall>[1]);
    await obey('before', call);
    const answer = await send.apply(this, parameters);
    await obey('after', call);
    return answer;
  };
}

async function obey(when: Moment['when'], call: Call): Promise<void> {
  for (const order of standing) {
    if (!isAt(order.moment, when, call)) continue;
    if (order.order === 'hang') await NEVER;
    order.seen += 1;
    if (order.seen !== order.occurrence) continue;
    if (order.order === 'die') die(order);
    await released.promise;
  }
}

const isAt = (moment: Moment, when: Moment['when'], { by, does, writes }: Call): boolean =>
  moment.when === when &&
  moment.by === by &&
  moment.does === does &&
  (moment.writes === undefined || writes.includes(moment.writes));

/** Not one line of this process runs after this. */
function die({ moment, occurrence }: Order): void {
  writeSync(LAST_WORDS_FD, JSON.stringify({ moment, occurrence } satisfies LastWords));
  process.kill(process.pid, 'SIGKILL');
}
