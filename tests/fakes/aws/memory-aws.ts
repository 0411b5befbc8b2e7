import { AsyncLocalStorage } from 'node:async_hooks';
import { SETTINGS } from '../lambda.ts';
import { VirtualClock } from './clock.ts';
import { declaredQueues } from './declared.ts';
import { MemoryDynamoDb } from './memory-dynamodb.ts';
import { MemoryS3 } from './memory-s3.ts';
import { MemorySqs } from './memory-sqs.ts';
import { s3Notification } from './s3-notification.ts';

export type Service = 's3' | 'sqs' | 'dynamodb';

/** One call of an SDK client: who made it, and which of its calls of this command it is, from 1. */
export type Call = {
  caller: string;
  service: Service;
  /** `PutObject` for a PutObjectCommand. */
  name: string;
  ordinal: number;
  input: Record<string, unknown>;
};

/** Stands between the clients and AWS; it may wait, throw before or after, and change what is asked and answered. */
export type Middleware = (call: Call, next: (input?: Call['input']) => Promise<object>) => Promise<object>;

type Action = (input: never, options?: { abortSignal?: AbortSignal }) => object | Promise<object>;

/** Follows a function's work through all that it awaits. */
const callers = new AsyncLocalStorage<string>();

/** Runs the work so that the calls it makes are known as this caller's. */
export const callingAs = <T>(caller: string, work: () => T): T => callers.run(caller, work);

export type MemoryAws = ReturnType<typeof memoryAws>;

/** S3, SQS and DynamoDB in memory, with the queues that infra/queues.yml declares. `mockClients` puts the SDK on it. */
export function memoryAws() {
  const clock = new VirtualClock();
  const sqs = new MemorySqs(declaredQueues(), clock);
  const dynamodb = new MemoryDynamoDb();
  const s3 = new MemoryS3((place, object) => {
    const event = s3Notification(place, object, clock.now);
    if (event && place.Bucket === SETTINGS.DATA_BUCKET) sqs.put(queueOf('INGEST_QUEUE_URL'), event);
  });
  const services: Record<Service, Record<string, Action>> = {
    s3: s3.actions,
    sqs: sqs.actions,
    dynamodb: dynamodb.actions,
  };
  const ordinals = new Map<string, number>();
  const middlewares: Middleware[] = [];

  const count = (caller: string, name: string) => {
    const ordinal = (ordinals.get(`${caller} ${name}`) ?? 0) + 1;
    ordinals.set(`${caller} ${name}`, ordinal);
    return ordinal;
  };

  return {
    clock,
    s3,
    sqs,
    dynamodb,
    /** The first one is the outermost. */
    use: (middleware: Middleware) => void middlewares.push(middleware),

    async send(service: Service, name: string, input: Call['input'], options?: { abortSignal?: AbortSignal }) {
      const action = services[service][name];
      if (!action) throw new Error(`tests/fakes/aws knows no ${service} ${name}`);
      const caller = callers.getStore() ?? 'test';
      const call = { caller, service, name, ordinal: count(caller, name), input };
      const through = (at: number, given: Call['input']): Promise<object> => {
        const middleware = middlewares[at];
        if (middleware) return middleware({ ...call, input: given }, (changed = given) => through(at + 1, changed));
        // A throw of the action is a rejection of the call.
        return Promise.resolve().then(() => action(given as never, options));
      };
      return await through(0, input);
    },
  };
}

/** A queue's name by the setting that holds its URL. */
export const queueOf = (setting: string): string => SETTINGS[setting]?.split('/').at(-1) ?? '';
