import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { rowpress } from '../cli/testing/fake-session.ts';
import { ensureQueue, redrive as setDeadLetterQueue } from '../infra/local/resources/queue.ts';
import { startStack, type Stack } from '../infra/local/stack.ts';
import { readSqsEvent } from './fakes/lambda.ts';
import { messagesLeft } from './support/queues.ts';

const QUEUE = 'rowpress-local-pages';
const DEAD = `${QUEUE}-dead`;
const REQUEST_ID = '01K6XJ5T3N8Z4QW2V7YBCDEFGH';

let stack: Stack;
let sqs: SQSClient;
let urls: { queue: string; dead: string };

beforeAll(() => {
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

beforeEach(async ({ onTestFinished }) => {
  stack = await startStack();
  vi.stubEnv('AWS_ENDPOINT_URL', stack.endpoint);
  sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  const { url: dead, arn } = await ensureQueue(sqs, DEAD, { VisibilityTimeout: 360 });
  const { url: queue } = await ensureQueue(sqs, QUEUE, { VisibilityTimeout: 720 });
  await setDeadLetterQueue(sqs, queue, { deadLetterTargetArn: arn, maxReceiveCount: 1 });
  urls = { queue, dead };
  onTestFinished(async () => {
    vi.restoreAllMocks();
    sqs.destroy();
    await stack.stop();
  });
});

const send = (QueueUrl: string, MessageBody: string) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));

async function bury(...bodies: string[]): Promise<void> {
  for (const body of bodies) await send(urls.dead, body);
}

const received = async (QueueUrl: string, most = 10): Promise<Message[]> =>
  (await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: most }))).Messages ?? [];

/** Everything that can be received, sorted. */
async function bodiesIn(url: string): Promise<string[]> {
  const bodies: string[] = [];
  for (let found = await received(url); found.length > 0; found = await received(url)) {
    bodies.push(...found.map(({ Body = '' }) => Body));
  }
  return bodies.sort();
}

const redrive = (...flags: string[]) => rowpress('redrive', 'pages', '--stage', 'local', ...flags);

const pageOf = (page: number) => JSON.stringify({ requestId: REQUEST_ID, generation: 1, page, products: ['secret'] });
const POISON = ['{ not JSON', 'ünïcode 商品', '[]', 'null', '"text"', readSqsEvent('ingest-csv.drop').Records[0]!.body];

it('moves every dead letter back as it was, poison too, and says whom each concerns', async () => {
  const bodies = [...Array.from({ length: 23 }, (_, page) => pageOf(page)), ...POISON];
  await bury(...bodies);
  const { exitCode, stdout } = await redrive();
  expect(exitCode).toBe(0);
  expect(await bodiesIn(urls.queue)).toEqual([...bodies].sort());
  expect(await bodiesIn(urls.dead)).toEqual([]);
  expect(stdout).toContain(`moved  requestId ${REQUEST_ID}, generation 1, page 7\n`);
  expect(stdout).toContain('moved  not JSON, 10 characters\n');
  expect(stdout).toContain(`${bodies.length} moved from ${DEAD} to ${QUEUE}\n`);
  expect(stdout).not.toContain('secret');
});

it('moves at most as many as asked for', async () => {
  await bury(...Array.from({ length: 25 }, (_, page) => pageOf(page)));
  const { exitCode, stdout } = await redrive('--limit', '12', '--json');
  expect([exitCode, JSON.parse(stdout)]).toMatchObject([0, { moved: 12, found: { waiting: 25, inHand: 0 } }]);
  expect(await messagesLeft(sqs)).toEqual({ [QUEUE]: 12, [DEAD]: 13 });
});

it('has nothing to do for an empty queue', async () => {
  const { exitCode, stdout } = await redrive('--json');
  const nothing = { queue: QUEUE, dead: DEAD, dryRun: false, found: { waiting: 0, inHand: 0 }, moved: 0, cameBack: 0 };
  expect([exitCode, JSON.parse(stdout)]).toEqual([0, nothing]);
});

it('counts and moves nothing on a dry run, nor keeps the messages from their own function', async () => {
  await bury(pageOf(0), pageOf(1), pageOf(2));
  await received(urls.dead, 1);
  const { exitCode, stdout } = await redrive('--dry-run');
  expect([exitCode, stdout]).toEqual([
    0,
    `2 in ${DEAD} to be moved to ${QUEUE} (its own function has 1 more in hand)\n`,
  ]);
  expect(await received(urls.dead)).toHaveLength(2);
  expect(await bodiesIn(urls.queue)).toEqual([]);
});

it('takes other queue names, for a service that was deployed under another one', async () => {
  await bury(pageOf(0));
  const { exitCode } = await rowpress('redrive', 'pages', '--queue-prefix', 'rowpress-local');
  expect([exitCode, await bodiesIn(urls.queue)]).toEqual([0, [pageOf(0)]]);
});

type Send = (command: object, options?: object) => Promise<object>;

/** Runs the work around each deletion that any SQS client of this process asks for. */
function aroundDeletes(work: (remove: () => Promise<object>) => Promise<object>): void {
  const original = Reflect.get(SQSClient.prototype, 'send') as Send;
  vi.spyOn(SQSClient.prototype, 'send').mockImplementation(function (
    this: SQSClient,
    command: object,
    options?: object,
  ) {
    const go = () => original.call(this, command, options);
    return command instanceof DeleteMessageCommand ? work(go) : go();
  } as never);
}

it.each(['before', 'after'] as const)(
  'dying %s a deletion it loses nothing, and the next run ends it',
  async (moment) => {
    const bodies = Array.from({ length: 5 }, (_, page) => pageOf(page));
    await bury(...bodies);
    let deletions = 0;
    aroundDeletes(async (remove) => {
      if (++deletions !== 3) return await remove();
      if (moment === 'after') await remove();
      throw new Error('killed');
    });
    const { exitCode, stdout } = await redrive();
    expect([exitCode === 0, stdout.match(/^moved {2}/gm)?.length]).toEqual([false, 2]);

    vi.restoreAllMocks();
    const now = Date.now.bind(Date);
    // What it had received and not moved is hidden for a minute; the stack lives by this clock.
    vi.spyOn(Date, 'now').mockImplementation(() => now() + 61_000);
    expect((await redrive()).exitCode).toBe(0);
    const doubled = moment === 'before' ? [pageOf(2)] : [];
    expect(await bodiesIn(urls.queue)).toEqual([...bodies, ...doubled].sort());
    expect(await bodiesIn(urls.dead)).toEqual([]);
  },
);

it('does not go round with what fails again at once', async () => {
  await bury(pageOf(0), POISON[0]!, pageOf(2));
  // Its function fails, and the queue gives it up after this one delivery, while others are still being moved.
  aroundDeletes(async (remove) => {
    const answer = await remove();
    const [message] = await received(urls.queue, 1);
    const again = { QueueUrl: urls.queue, ReceiptHandle: message!.ReceiptHandle, VisibilityTimeout: 0 };
    await sqs.send(new ChangeMessageVisibilityCommand(again));
    expect(await received(urls.queue)).toEqual([]);
    return answer;
  });
  const { exitCode, stdout } = await redrive('--json');
  expect([exitCode, JSON.parse(stdout)]).toMatchObject([0, { moved: 3, cameBack: 3 }]);
  expect(await messagesLeft(sqs)).toEqual({ [DEAD]: 3 });
});
