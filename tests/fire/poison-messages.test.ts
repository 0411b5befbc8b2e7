import { expect, test } from 'vitest';
import { HostileSource } from '../fakes/aws/event-source.ts';
import { PEACEFUL } from '../fakes/aws/hostility.ts';
import { memoryAws, queueOf, type MemoryAws } from '../fakes/aws/memory-aws.ts';
import { startHandlers, type Handlers } from '../fakes/aws/start-handlers.ts';
import { readSqsEvent } from '../fakes/lambda.ts';
import { makeProduct, REQUEST_ID, RUN } from '../fakes/make-request.ts';
import { seededRandom } from '../fakes/seeded-random.ts';
import { makeCatalogue } from './catalogue.ts';
import { checkEnding } from './check-ending.ts';
import { keepLedger, type Ledger } from './ledger.ts';

const QUEUES = ['INGEST', 'PAGES', 'FINISH', 'WEBHOOKS'].map((name) => queueOf(`${name}_QUEUE_URL`));
const [ingest = '', pages = '', finish = '', webhooks = ''] = QUEUES;
const catalogue = makeCatalogue([1, 2, 0, 3], () => 'ok');

/** An AWS, what it is fed by, and the only request on it. */
async function prepare(): Promise<{ aws: MemoryAws; ledger: Ledger; handlers: Handlers; source: HostileSource }> {
  const aws = memoryAws();
  const ledger = keepLedger(aws);
  const handlers = await startHandlers(aws);
  return { aws, ledger, handlers, source: new HostileSource(handlers, seededRandom(1), PEACEFUL) };
}
const upload = (handlers: Handlers) => handlers.upload(catalogue.csv, { webhookUrl: 'https://caller.example/ok' });

type Sent = { QueueUrl?: string; MessageBody?: string; Entries?: { MessageBody: string }[] };
type Today = { requestId: string; page: number; products: { imageUrls: string[] }[] };

/** The first messages of each queue are written as an older version might have. */
function writeInOlderShape(aws: MemoryAws, toOlder: (message: Today) => object): Map<string, number> {
  const written = new Map<string, number>();
  const older = (body: string) => JSON.stringify(toOlder(JSON.parse(body) as Today));
  aws.use((call, next) => {
    const { QueueUrl, MessageBody, Entries } = call.input as Sent;
    const queue = (QueueUrl ?? '').split('/').at(-1) ?? '';
    const isFirst = call.name.startsWith('Send') && queue !== ingest && !written.has(queue);
    if (!isFirst) return next();
    written.set(queue, Entries?.length ?? 1);
    return next({
      ...call.input,
      ...(MessageBody !== undefined && { MessageBody: older(MessageBody) }),
      ...(Entries && { Entries: Entries.map((entry) => ({ ...entry, MessageBody: older(entry.MessageBody) })) }),
    });
  });
  return written;
}

test('messages of an older shape are sent anew in today’s, and the request ends as if nothing had been', async () => {
  const { aws, ledger, handlers, source } = await prepare();
  const written = writeInOlderShape(aws, ({ requestId, page }) => ({
    requestId,
    page,
    rows: [{ serial_number: '1' }],
  }));
  await upload(handlers);
  await source.runUntilQuiet();
  expect(Object.fromEntries(written)).toEqual({ [pages]: 4, [finish]: 1, [webhooks]: 1 });
  await checkEnding({ handlers, ledger, catalogue, sources: [] });
});

test('a message whose request is gone is dropped quietly by every function', async () => {
  const { aws, handlers, source } = await prepare();
  const page = { ...RUN, page: 0, pagesInGroup: 1, products: [makeProduct(0)], again: false };
  const messages: Record<string, object[]> = {
    [ingest]: [
      { kind: 'ingest', requestId: REQUEST_ID },
      { kind: 'retry', requestId: REQUEST_ID, generation: 2 },
      { kind: 'resend', requestId: REQUEST_ID },
      JSON.parse(readSqsEvent('ingest-csv.upload').Records[0]!.body) as object,
    ],
    [pages]: [page, { ...page, generation: 2, again: true }],
    [finish]: [RUN],
    [webhooks]: [RUN, { ...RUN, round: 2 }],
  };
  const olderOnes = { [pages]: 1, [finish]: 1, [webhooks]: 1 };
  let sent = 0;
  for (const [queue, bodies] of Object.entries(messages)) {
    for (const at of [queue, `${queue}-dead`]) {
      // The dead-letter queue's function is asked about older shapes, too.
      const asked = at === queue ? bodies : [...bodies, ...(queue in olderOnes ? [{ requestId: REQUEST_ID }] : [])];
      for (const body of asked) aws.sqs.put(at, body);
      sent += asked.length;
    }
  }
  await source.runUntilQuiet();
  expect([...source.deliveries.values()].reduce((sum, count) => sum + count, 0)).toBe(sent);
  expect(aws.dynamodb.table.items.size).toBe(0);
  expect(handlers.outside.fetched.size + handlers.outside.posted.length).toBe(0);
});

const NAMELESS = ['<html>', '', '"x"', '[]', '{}', '{"requestId":"../../etc"}', '{"requestId":null}', '\u0000'];

test('what is not JSON or names no request stays in a dead-letter queue, and everything else is done', async () => {
  const { aws, ledger, handlers, source } = await prepare();
  await upload(handlers);
  for (const queue of QUEUES) {
    for (const MessageBody of NAMELESS)
      await aws.send('sqs', 'SendMessage', { QueueUrl: `https://sqs/${queue}`, MessageBody });
  }
  const removed = new Map<string, string[]>();
  // An operator who takes out what was tried again and again, as the alarm tells him to.
  aws.use(async (call, next) => {
    const queue = String(call.input.QueueUrl).split('/').at(-1) ?? '';
    if (call.name === 'ReceiveMessage' && queue.endsWith('-dead')) {
      const dead = aws.sqs.queue(queue);
      for (const { body, receipts } of dead.messages) {
        if (receipts.length < 3) continue;
        removed.set(queue, [...(removed.get(queue) ?? []), body]);
        dead.remove(receipts.at(-1) ?? '');
      }
    }
    return await next();
  });
  await source.runUntilQuiet();
  const expected = Object.fromEntries(QUEUES.map((queue) => [`${queue}-dead`, NAMELESS.toSorted()]));
  expect(Object.fromEntries([...removed].map(([queue, bodies]) => [queue, bodies.toSorted()]))).toEqual(expected);
  await checkEnding({ handlers, ledger, catalogue, sources: [] });
});

test('an image over which the code throws, whatever it throws, is given up alone', async () => {
  const { handlers, source } = await prepare();
  const thrown = [
    new RangeError('Array buffer allocation failed'),
    new Error('VipsJpeg: out of order'),
    'a string',
    null,
  ];
  const compress = handlers.outside.compress.bind(handlers.outside);
  const address = (index: number) => catalogue.products[index]?.urls.at(-1);
  let throws = 0;
  handlers.outside.compress = (bytes) => {
    const image = compress(bytes);
    if (!bytes.toString().startsWith(`${address(1)}\n`)) return image;
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- code of others throws anything
    throw thrown[throws++ % thrown.length];
  };
  const answer = await upload(handlers);
  await source.runUntilQuiet();
  const { requestId } = JSON.parse(answer.body) as { requestId: string };
  const { status, images, failures } = JSON.parse((await handlers.status(requestId)).body) as Record<string, unknown>;
  expect(throws).toBe(4);
  expect({ status, images, failures }).toEqual({
    status: 'COMPLETED_WITH_ERRORS',
    images: { total: 6, compressed: 5, failed: 1, pending: 0 },
    failures: { gave_up: 1, no_images: 1 },
  });
});
