import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import { invalid, SqsError, toSqsError } from './sqs-error.ts';
import { hide, receive, remove, send } from './sqs-messages.ts';
import type { Queue, SqsStore } from './sqs-store.ts';

/** `gone` aborts when the caller has hung up. */
export type Call = { store: SqsStore; input: unknown; request: IncomingMessage; gone: AbortSignal };

const ACCOUNT_ID = '000000000000';
const BATCH_MOST = 10;
const BATCH_BYTES_MOST = 1_048_576;

const stringMap = z.record(z.string(), z.string());
const named = z.object({ QueueName: z.string() });
const created = named.extend({ Attributes: stringMap.default({}) });
const listed = z.object({ QueueNamePrefix: z.string().default('') });
const described = z.object({ AttributeNames: z.array(z.string()).default([]) });

/** The actions of SQS that are served, by the name in `X-Amz-Target`. */
export const actions: Record<string, (call: Call) => object | Promise<object>> = {
  CreateQueue({ store, input, request }) {
    const { QueueName: name, Attributes: attributes } = created.parse(input);
    if (!/^[\w-]{1,80}$/.test(name)) throw invalid('Only letters, digits, - and _; FIFO queues are not served here.');
    const known = store.find(name);
    const differs = Object.entries(attributes).some(([key, value]) => known && known.attributes[key] !== value);
    if (differs) throw new SqsError('QueueNameExists', `${name} has other attributes.`, 'QueueAlreadyExists');
    if (!known) store.create(name, attributes);
    return { QueueUrl: queueUrl(request, name) };
  },
  GetQueueUrl({ store, input, request }) {
    return { QueueUrl: queueUrl(request, existing(store, named.parse(input).QueueName).name) };
  },
  ListQueues({ store, input, request }) {
    const { QueueNamePrefix: prefix } = listed.parse(input);
    const names = store.queues().map(({ name }) => name);
    return { QueueUrls: names.filter((name) => name.startsWith(prefix)).map((name) => queueUrl(request, name)) };
  },
  GetQueueAttributes(call) {
    const { AttributeNames: asked } = described.parse(call.input);
    const all = Object.entries(describe(call, queueOf(call)));
    return { Attributes: Object.fromEntries(all.filter(([name]) => asked.includes('All') || asked.includes(name))) };
  },
  SetQueueAttributes(call) {
    call.store.setAttributes(queueOf(call), z.object({ Attributes: stringMap }).parse(call.input).Attributes);
    return {};
  },
  DeleteQueue(call) {
    call.store.drop(queueOf(call));
    return {};
  },
  PurgeQueue(call) {
    call.store.purge(queueOf(call));
    return {};
  },

  SendMessage: (call) => send(call.store, queueOf(call), call.input),
  SendMessageBatch(call) {
    const bodies = entriesOf(call).map((entry) => String(entry.MessageBody));
    const bytes = Buffer.byteLength(bodies.join(''));
    if (bytes > BATCH_BYTES_MOST) throw batchError('BatchRequestTooLong', 'A batch has at most 1 MiB.');
    return each(call, send);
  },
  ReceiveMessage: (call) => receive(call.store, queueOf(call), call.input, call.gone),
  DeleteMessage: (call) => remove(call.store, queueOf(call), call.input),
  DeleteMessageBatch: (call) => each(call, remove),
  ChangeMessageVisibility: (call) => hide(call.store, queueOf(call), call.input),
  ChangeMessageVisibilityBatch: (call) => each(call, hide),
};

const queueUrl = (request: IncomingMessage, name: string) =>
  `http://${request.headers.host ?? ''}/${ACCOUNT_ID}/${name}`;

/** The host of a queue URL means nothing: the name at its end says which queue it is. */
function queueOf({ store, input }: Call): Queue {
  const { QueueUrl: url } = z.object({ QueueUrl: z.string() }).parse(input);
  return existing(store, url.split('/').at(-1) ?? '');
}

function existing(store: SqsStore, name: string): Queue {
  const queue = store.find(name);
  if (queue) return queue;
  throw new SqsError('QueueDoesNotExist', `There is no queue ${name}.`, 'AWS.SimpleQueueService.NonExistentQueue');
}

function describe({ store, request }: Call, queue: Queue): Record<string, string> {
  const { visible, inFlight, delayed } = store.counts(queue);
  // Queues are the same in all regions here; an ARN names the one that the caller signed for.
  const [, region = 'us-east-1'] = /Credential=[^/]+\/\d+\/([^/]+)/.exec(request.headers.authorization ?? '') ?? [];
  return {
    ...queue.attributes,
    QueueArn: `arn:aws:sqs:${region}:${ACCOUNT_ID}:${queue.name}`,
    CreatedTimestamp: String(Math.floor(queue.created / 1000)),
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
  };
}

function entriesOf({ input }: Call): { Id: string; [field: string]: unknown }[] {
  const list = z.object({ Entries: z.array(z.looseObject({ Id: z.string() })) }).parse(input).Entries;
  if (list.length === 0) throw batchError('EmptyBatchRequest', 'The batch is empty.');
  if (list.length > BATCH_MOST) throw batchError('TooManyEntriesInBatchRequest', 'A batch has at most 10 entries.');
  const ids = new Set(list.map(({ Id }) => Id));
  if (ids.size < list.length) throw batchError('BatchEntryIdsNotDistinct', 'The ids of a batch must differ.');
  return list;
}

const batchError = (code: string, message: string) => new SqsError(code, message, `AWS.SimpleQueueService.${code}`);

/** Does the work for each entry of a batch; one entry's error is that entry's alone. */
function each(call: Call, work: (store: SqsStore, queue: Queue, input: unknown) => object): object {
  const queue = queueOf(call);
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entriesOf(call)) {
    try {
      Successful.push({ Id: entry.Id, ...work(call.store, queue, entry) });
    } catch (error) {
      const { queryCode, message } = toSqsError(error);
      Failed.push({ Id: entry.Id, Code: queryCode, Message: message, SenderFault: true });
    }
  }
  return { Successful, Failed };
}
