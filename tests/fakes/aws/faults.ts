import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { SQSServiceException } from '@aws-sdk/client-sqs';
import { Readable } from 'node:stream';
import type { Random } from '../seeded-random.ts';
import type { Call, Middleware, Service } from './memory-aws.ts';

/** How a call can fail, once the SDK has tried it often enough itself. */
export type Fault =
  /** Nothing was done. */
  | 'throttled'
  | 'failed'
  /** It was done, and nobody was told. */
  | 'answer lost'
  /** Some of a batch was done; the answer says so. */
  | 'partial'
  /** An object's first bytes come, and then no more. */
  | 'broken off';

const BATCHES = ['SendMessageBatch', 'DeleteMessageBatch', 'BatchGet'];

/** The faults that a command can meet. */
export function faultsOf(name: string): Fault[] {
  const faults: Fault[] = ['throttled', 'failed', 'answer lost'];
  if (BATCHES.includes(name)) faults.push('partial');
  if (name === 'GetObject') faults.push('broken off');
  return faults;
}

/** One call among all calls of a run, whatever it asks for. */
export type CallSite = Pick<Call, 'caller' | 'name' | 'ordinal'>;

/** Lets one call fail, the first time that it is made; `met` tells whether it was. */
export function oneFault(site: CallSite, fault: Fault, random: Random): { middleware: Middleware; met: () => boolean } {
  let met = false;
  return {
    met: () => met,
    middleware: async (call, next) => {
      if (call.caller !== site.caller || call.name !== site.name || call.ordinal !== site.ordinal) return await next();
      met = true;
      return await fail(fault, call, next, random);
    },
  };
}

type Next = Parameters<Middleware>[1];

async function fail(fault: Fault, call: Call, next: Next, random: Random): Promise<object> {
  switch (fault) {
    case 'throttled':
      throw serviceError(call.service, THROTTLED[call.service]);
    case 'failed':
      throw serviceError(call.service, 'InternalServerError');
    case 'answer lost':
      await next();
      throw Object.assign(new Error('the socket was closed before the answer came'), { name: 'TimeoutError' });
    case 'partial':
      return call.name === 'BatchGet' ? await getPart(call, next, random) : await doPart(call, next, random);
    case 'broken off':
      return brokenOff(await next());
  }
}

const THROTTLED: Record<Service, string> = {
  s3: 'SlowDown',
  sqs: 'RequestThrottled',
  dynamodb: 'ProvisionedThroughputExceededException',
};

const EXCEPTIONS = { s3: S3ServiceException, sqs: SQSServiceException, dynamodb: DynamoDBServiceException };

const serviceError = (service: Service, name: string) =>
  new EXCEPTIONS[service]({ name, message: name, $fault: 'server', $metadata: { httpStatusCode: 503 } });

type BatchGet = { RequestItems: Record<string, { Keys: unknown[] }> };

/** DynamoDB leaves out what it has no capacity for, up to everything. */
async function getPart({ input }: Call, next: Next, random: Random): Promise<object> {
  const [table = '', { Keys } = { Keys: [] }] = Object.entries((input as BatchGet).RequestItems)[0] ?? [];
  const left = random.sample(Keys, random.whole(1, Keys.length));
  const taken = Keys.filter((key) => !left.includes(key));
  const answer = taken.length > 0 ? await next({ RequestItems: { [table]: { Keys: taken } } }) : {};
  return { Responses: {}, ...answer, UnprocessedKeys: { [table]: { Keys: left } } };
}

type Batch = { Entries: { Id: string }[] };

/** SQS takes some entries of a batch, down to none. */
async function doPart({ input }: Call, next: Next, random: Random): Promise<object> {
  const { Entries } = input as Batch;
  const left = random.sample(Entries, random.whole(1, Entries.length));
  const taken = Entries.filter((entry) => !left.includes(entry));
  const answer = taken.length > 0 ? await next({ ...input, Entries: taken }) : {};
  const Failed = left.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false }));
  return { Successful: [], ...answer, Failed };
}

async function brokenOff(answer: object): Promise<object> {
  const chunks = await (answer as { Body: Readable }).Body.toArray();
  const whole = Buffer.concat(chunks as Buffer[]);
  const body = async function* () {
    yield whole.subarray(0, Math.floor(whole.length / 2));
    await Promise.resolve();
    throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
  };
  return { ...answer, Body: Readable.from(body()) };
}
