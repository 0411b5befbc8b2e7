import assert from 'node:assert/strict';
import type { Handlers } from '../fakes/aws/start-handlers.ts';
import { SETTINGS } from '../fakes/lambda.ts';
import { bytesOf, isFailure, type CatalogueProduct } from './catalogue.ts';
import { checkFiles, type Files } from './check-files.ts';
import type { Ledger } from './ledger.ts';
import { recount } from './recount.ts';

type Ended = { handlers: Handlers; ledger: Ledger } & Ending;

/** What a request must have come to. */
export type Ending = Omit<Files, 'aws'> & {
  /** How its runs ended; when nothing is said there was one, which ended as the file deserves. */
  ends?: readonly string[];
  /** Nobody wanted to be told. */
  isUntold?: boolean;
};

type Status = {
  status: string;
  generation: number;
  products: object;
  images: object;
  failures: object;
  bytes: object;
  webhook: { status: string } | null;
};

/**
 * Everything that must be true of the only request when nothing moves any more. `node:assert` instead of `expect`: ten
 * times as fast, and this runs many thousand times.
 */
export async function checkEnding({ handlers, ledger, ...ending }: Ended): Promise<void> {
  const requestIds = handlers.requestIds();
  assert.equal(requestIds.length, 1, `one request, not ${requestIds.join(', ')}`);
  const [requestId = ''] = requestIds;
  const status = await statusOf(handlers, requestId);
  assert.deepEqual(handlers.aws.sqs.left(), {}, 'all queues are empty');

  const { catalogue, ends = [deservedEnd(catalogue.products)] } = ending;
  assert.equal(status.status, ends.at(-1), `it stands at ${status.status}`);
  const ended = ends.map((end, run) => `${requestId}, run ${run + 1}: ${end}`);
  assert.deepEqual(ledger.ends, ended, 'each run ended once');
  checkSettled(ledger, catalogue.products);

  const expected = expectedCounts(catalogue.products);
  const { products, images, failures, bytes } = status;
  assert.deepEqual({ products, images, failures, bytes }, expected, 'what the status tells');
  const { counts, records } = recount(handlers.aws, requestId);
  assert.deepEqual(counts.counted, counts.recounted, 'counts equal a recount of the pages');
  checkRecords(records, catalogue.products);
  checkFiles({ aws: handlers.aws, ...ending }, requestId);
  if (ending.isUntold) assert.deepEqual([status.webhook, handlers.outside.posted], [null, []], 'nobody is told');
  else checkWebhook(handlers, requestId, { ends, expected, webhook: status.webhook });
}

const deservedEnd = (products: readonly CatalogueProduct[]): string =>
  products.every(({ status }) => status === 'COMPLETED') ? 'COMPLETED' : 'COMPLETED_WITH_ERRORS';

function checkSettled({ settled }: Ledger, products: readonly CatalogueProduct[]): void {
  assert.ok(
    [...settled.values()].every((times) => times === 1),
    'no product was settled twice in a run',
  );
  const inFirstRun = [...settled.keys()].filter((name) => name.split(' ')[1] === '1');
  assert.equal(inFirstRun.length, products.length, 'every product was settled');
}

async function statusOf(handlers: Handlers, requestId: string): Promise<Status> {
  const answer = await handlers.status(requestId);
  assert.equal(answer.statusCode, 200);
  return JSON.parse(answer.body) as Status;
}

type RecordItem = { status: string; input_urls: string[]; images: { outputUrl?: string; code?: string }[] };

/** I1: every image has the outcome that its address deserves. */
function checkRecords(records: ReadonlyMap<number, unknown>, products: readonly CatalogueProduct[]): void {
  const outcomes = products.map((_, index) => {
    const record = records.get(index) as RecordItem;
    const images = record.images.map(({ code, outputUrl }) => code ?? (outputUrl === undefined ? 'none' : 'ok'));
    return { status: record.status, urls: record.input_urls, images };
  });
  const deserved = products.map(({ status, urls, images }) => {
    return { status, urls, images: images.map((image) => (isFailure(image) ? image.code : 'ok')) };
  });
  assert.deepEqual(outcomes, deserved, 'every image ended as it deserves');
}

function expectedCounts(products: readonly CatalogueProduct[]) {
  const images = products.flatMap((product) => product.images);
  const codes = images.filter(isFailure).map(({ code }): string => code);
  codes.push(...products.filter(({ urls }) => urls.length === 0).map(() => 'no_images'));
  const failures: Record<string, number> = {};
  for (const code of codes) failures[code] = (failures[code] ?? 0) + 1;
  const [bytesIn, bytesOut] = bytesOf(images);
  const failed = images.filter(isFailure).length;
  const having = (status: string) => products.filter((product) => product.status === status).length;
  const savedPercent = bytesIn === 0 ? 0 : Math.round(((bytesIn - bytesOut) / bytesIn) * 1000) / 10;
  return {
    products: {
      total: products.length,
      completed: having('COMPLETED'),
      partial: having('PARTIAL'),
      failed: having('FAILED'),
      cancelled: having('CANCELLED'),
      pending: 0,
    },
    images: { total: images.length, compressed: images.length - failed, failed, pending: 0 },
    failures,
    bytes: { in: bytesIn, out: bytesOut, saved: bytesIn - bytesOut, savedPercent },
  };
}

type Told = { ends: readonly string[]; expected: object; webhook: Status['webhook'] };

/** I3: one `webhook-id` a run, told until it was taken, always with the same words. */
function checkWebhook({ outside }: Handlers, requestId: string, { ends, expected, webhook }: Told): void {
  const ids = new Set(outside.posted.map(({ webhook: { id } }) => id));
  const idOf = (run: number) => `msg_${requestId}_${run + 1}`;
  assert.deepEqual([...ids], [...ends.keys()].map(idOf), 'one webhook id a run');
  const told = [...ids].map((id) => toldUnder(id, outside));
  const statuses = told.map(({ status }) => status);
  assert.deepEqual(statuses, ends, 'the ends that the webhooks tell');
  assert.equal(webhook?.status, 'delivered');
  const { products, images, failures, bytes } = told.at(-1) ?? {};
  assert.deepEqual({ products, images, failures, bytes }, expected, 'what the webhook tells');
  const secret = SETTINGS.WEBHOOK_SECRETS ?? '';
  assert.ok(outside.posted.every(({ webhook: { secrets } }) => secrets.includes(secret)));
}

function toldUnder(id: string, { posted }: Handlers['outside']): Partial<Status> {
  const posts = posted.filter(({ webhook }) => webhook.id === id);
  assert.equal(posts.at(-1)?.outcome, 'delivered');
  const payloads = new Set(posts.map(({ webhook }) => webhook.payload));
  assert.equal(payloads.size, 1, 'the same payload at every attempt');
  return (JSON.parse([...payloads][0] ?? '') as { data: Partial<Status> }).data;
}
