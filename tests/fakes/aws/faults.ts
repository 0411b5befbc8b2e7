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

const BATCHES = ['SendMessageBatch', 'DeleteMessageBatch', 'BatchGet', 'DeleteObjects'];

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
      return await partially(call, next, random);
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

function partially(call: Call, next: Next, random: Random): Promise<object> {
  if (call.name === 'BatchGet') return getPart(call, next, random);
  if (call.name === 'DeleteObjects') return deletePart(call, next, random);
  return doPart(call, next, random);
}

/** Some members of a list that fail, at least one, and the others. */
function split<T>(members: readonly T[], random: Random): { left: T[]; taken: T[] } {
  const left = random.sample(members, random.whole(1, members.length));
  return { left, taken: members.filter((member) => !left.includes(member)) };
}

type BatchGet = { RequestItems: Record<string, { Keys: unknown[] }> };

/** DynamoDB leaves out what it has no capacity for, up to everything. */
async function getPart({ input }: Call, next: Next, random: Random): Promise<object> {
  const [table = '', { Keys } = { Keys: [] }] = Object.entries((input as BatchGet).RequestItems)[0] ?? [];
  const { left, taken } = split(Keys, random);
  const answer = taken.length > 0 ? await next({ RequestItems: { [table]: { Keys: taken } } }) : {};
  return { Responses: {}, ...answer, UnprocessedKeys: { [table]: { Keys: left } } };
}

type Batch = { Entries: { Id: string }[] };

/** SQS takes some entries of a batch, down to none. */
async function doPart({ input }: Call, next: Next, random: Random): Promise<object> {
  const { left, taken } = split((input as Batch).Entries, random);
  const answer = taken.length > 0 ? await next({ ...input, Entries: taken }) : {};
  const Failed = left.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false }));
  return { Successful: [], ...answer, Failed };
}

type DeleteObjects = { Delete: { Objects: { Key: string }[] } };

/** S3 deletes some keys of a list, down to none, and answers with success. */
async function deletePart({ input }: Call, next: Next, random: Random): Promise<object> {
  const { left, taken } = split((input as DeleteObjects).Delete.Objects, random);
  if (taken.length > 0) await next({ ...input, Delete: { Objects: taken } });
  return { Errors: left.map(({ Key }) => ({ Key, Code: 'InternalError' })) };
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
