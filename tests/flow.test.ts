import { SendMessageCommand } from '@aws-sdk/client-sqs';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTable } from '../lib/aws/table.ts';
import { UploadView, type AcceptedView } from '../lib/requests/accepted-view.ts';
import { dropKey } from '../lib/requests/keys.ts';
import type { StatusView } from '../lib/requests/views.ts';
import { LOCAL } from '../samples/demo/local-names.ts';
import type { RowpressProcess } from '../samples/demo/rowpress-process.ts';
import { until } from '../samples/demo/until.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../samples/demo/webhook-receiver.ts';
import { dropCsv, removeImagesBucket } from './support/buckets.ts';
import { clientOf, SOON, whenEnded, type Client } from './support/client.ts';
import { csvOf, readCsv } from './support/csv.ts';
import type { Call, Operation } from './support/described-api.ts';
import { startImageSite, type ImageSite } from './support/image-site.ts';
import { makePlace, type Place } from './support/place.ts';
import { messagesLeft, queueUrl, setDeliveries } from './support/queues.ts';

let place: Place;
let rowpress: RowpressProcess;
let site: ImageSite;
let receiver: WebhookReceiver;
let client: Client;

beforeAll(async () => {
  [place, site] = await Promise.all([makePlace(), startImageSite()]);
  receiver = await startWebhookReceiver(place.webhookSecret);
  client = clientOf(place.apiUrl);
  rowpress = await place.start();
});
afterAll(async () => {
  await rowpress.stop();
  await Promise.all([site.close(), receiver[Symbol.asyncDispose](), place.remove()]);
});
beforeEach(({ onTestFailed }) => onTestFailed(() => console.error(place.log())));

describe('an upload', () => {
  const PRODUCTS = 10;
  let accepted: AcceptedView;
  const seen: StatusView[] = [];
  const look = async () => {
    const status = await client.statusOf(accepted.requestId);
    seen.push(status);
    return status;
  };

  beforeAll(async () => {
    const rows = Array.from({ length: PRODUCTS - 4 }, (_, at) => ({
      urls: [`${site.url}/${at}.jpg`, `${site.url}/${at},w_96.png?v=1,2`],
    }));
    const csv = csvOf([
      ...rows,
      { name: '=1+1', urls: [`${site.url}/formula.webp`] },
      { urls: [`${site.url}/good.jpg`, `${site.url}/missing/bad.jpg`, `${site.url}/good.webp`] },
      { urls: [`${site.url}/held/1.jpg`] },
      { urls: [`${site.url}/held/2.jpg`] },
    ]);
    accepted = await client.upload(csv, { webhookUrl: receiver.url });
  });

  it('is counted before it is answered', () => {
    expect(accepted).toMatchObject({ status: 'PROCESSING', products: PRODUCTS, images: 18 });
  });

  it('has no result while images are on their way', async () => {
    await until(
      'only held images were open',
      async () => ((await look()).images.pending === 2 ? true : undefined),
      SOON,
    );
    expect(seen.at(-1)!.status).toBe('PROCESSING');
    const { requestId } = accepted;
    expect(await client.call('GET /api/export/{requestId}', { requestId })).toMatchObject({
      status: 409,
      body: { code: 'not_finished' },
    });
  });

  it('shows a progress that only grows, and 100 % at its end only', async () => {
    site.release();
    const last = await until('the request ended', async () => whenEnded(await look()), SOON);
    const percents = seen.map(({ progress }) => progress.percent);
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    expect(seen.filter(({ finishedAt, progress }) => (finishedAt === null) === (progress.percent === 100))).toEqual([]);
    expect(last).toMatchObject({
      status: 'COMPLETED_WITH_ERRORS',
      products: { total: PRODUCTS, completed: PRODUCTS - 1, partial: 1, pending: 0 },
      images: { total: 18, compressed: 17, failed: 1, pending: 0 },
      failures: { not_found: 1 },
    });
    expect(last.bytes.out).toBeLessThan(last.bytes.in);
  });

  it('gives back its own rows with the outputs beside them', async () => {
    const { requestId } = accepted;
    const rows = await client.exported(requestId);
    expect(rows.map((row) => row['S. No.'])).toEqual(Array.from({ length: PRODUCTS }, (_, at) => `SKU-${at + 1}`));
    expect(rows[0]).toMatchObject({ 'Product Name': 'Product 1', Colour: 'blue', Status: 'COMPLETED', Error: '' });
    expect(rows[0]!['Input Image Urls']).toBe(`${site.url}/0.jpg, ${site.url}/0,w_96.png?v=1,2`);
    expect(rows[6]).toMatchObject({ 'Product Name': "'=1+1", Status: 'COMPLETED' });
    expect(rows[7]).toMatchObject({
      Status: 'PARTIAL',
      Error: expect.stringMatching(/^image 2: not_found \(HTTP 404\)/),
    });
    expect(rows[7]!['Output Image Urls']).toMatch(/7-1\.jpg,,http.*7-3\.webp$/);
    expect(await client.exported(requestId, { rows: 'failed' })).toMatchObject([{ 'S. No.': 'SKU-8', Colour: 'blue' }]);
  });

  it('has its images where the result says, as what they are and for ever', async () => {
    const rows = await client.exported(accepted.requestId);
    const urls = rows.flatMap((row) => row['Output Image Urls']!.split(',').filter((url) => url !== ''));
    expect(urls).toHaveLength(17);
    for (const url of urls) {
      const response = await fetch(url);
      const { format, width } = await sharp(await response.arrayBuffer()).metadata();
      expect([response.status, response.headers.get('content-type'), width]).toEqual([200, `image/${format}`, 96]);
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    }
  });

  it('tells of its products page by page', async () => {
    const { requestId } = accepted;
    const names: string[] = [];
    for (let cursor: string | null | undefined = '0'; typeof cursor === 'string';) {
      const { items = [], nextCursor }: StatusView = await client.statusOf(requestId, {
        products: 'all',
        limit: '3',
        cursor,
      });
      names.push(...items.map((item) => item.serial_number));
      cursor = nextCursor;
    }
    expect(names).toEqual(Array.from({ length: PRODUCTS }, (_, at) => `SKU-${at + 1}`));
    const { items } = await client.statusOf(requestId, { products: 'failed' });
    expect(items).toMatchObject([{ serial_number: 'SKU-8', images: [{}, { code: 'not_found', httpStatus: 404 }, {}] }]);
  });

  it('tells its webhook again after a 500, under the same id', async () => {
    const { requestId } = accepted;
    const { webhook } = await until('the webhook was delivered', () => whenDelivered(requestId), SOON);
    expect(webhook!.attempts).toMatchObject([
      { attempt: 1, statusCode: 500 },
      { attempt: 2, statusCode: 204, error: null },
    ]);
    const deliveries = receiver.received.filter(({ payload }) => payload.data.requestId === requestId);
    expect(deliveries.map(({ answer }) => answer)).toEqual([500, 204]);
    expect(new Set(deliveries.map(({ id }) => id)).size).toBe(1);
    expect(deliveries[1]!.payload).toMatchObject({ type: 'request.completed_with_errors', data: { requestId } });
    expect(receiver.refused).toEqual([]);
  });

  async function whenDelivered(requestId: string) {
    const status = await client.statusOf(requestId);
    return status.webhook?.status === 'delivered' ? status : undefined;
  }
});

describe('a presigned upload', () => {
  it('begins when its file arrives', async () => {
    const body = JSON.stringify({ fileName: 'large.csv', format: 'webp' });
    const created = await client.call('POST /api/uploads', { body, contentType: 'application/json' });
    expect(created.status).toBe(201);
    const { requestId, status, upload: form } = UploadView.parse(created.body);
    expect(status).toBe('AWAITING_FILE');
    expect((await client.statusOf(requestId)).expiresAt).not.toBeNull();

    const fields = new FormData();
    for (const [name, value] of Object.entries(form.fields)) fields.set(name, value);
    fields.set('file', new Blob([csvOf([{ urls: [`${site.url}/a.jpg`, `${site.url}/b.png`] }])]));
    expect((await fetch(form.url, { method: 'POST', body: fields })).status).toBe(204);

    expect(await client.ended(requestId)).toMatchObject({
      status: 'COMPLETED',
      source: 'upload',
      fileName: 'large.csv',
    });
    const [row] = await client.exported(requestId);
    expect(row!['Output Image Urls']).toMatch(/0-1\.webp,http.*0-2\.webp$/);
    const failedRows = await client.call('GET /api/export/{requestId}', { requestId, query: { rows: 'failed' } });
    expect(failedRows).toMatchObject({ status: 404, body: { code: 'no_failed_rows' } });
  });
});

describe('a dropped file', () => {
  const csv = () => csvOf([{ urls: [`${site.url}/dropped.jpg`] }]);

  it('is taken with what its metadata asks for', async () => {
    const metadata = { webhookurl: `${receiver.url}?shop=1`, format: 'avif', maxwidth: '48' };
    await dropCsv(place.aws.s3, { name: 'my drop (1).csv', csv: csv(), metadata });
    const requestId = await client.requestNamed('my drop (1).csv');
    expect(await client.ended(requestId)).toMatchObject({ status: 'COMPLETED', source: 'drop' });
    const { items, webhook } = await client.statusOf(requestId, { products: 'all' });
    expect(items).toMatchObject([{ images: [{ format: 'avif', width: 48, height: 32 }] }]);
    expect(webhook!.url).toBe(receiver.url);
    await until(
      'the webhook came',
      () => receiver.received.find(({ payload }) => payload.data.requestId === requestId),
      SOON,
    );
  });

  it('is one request however often its event comes, and another one when it is dropped again', async () => {
    const { s3, sqs, dynamodb } = place.aws;
    const { key, eTag } = await dropCsv(s3, { name: 'twice.csv', csv: csv() });
    await client.ended(await client.requestNamed('twice.csv'));
    const { pk } = dropKey({ bucket: LOCAL.dataBucket, key, version: '' });
    const [marker] = (await openTable(LOCAL.table, dynamodb).query({ pk })).items;
    const object = { key, eTag, sequencer: marker!.sk };
    const event = { Records: [{ s3: { bucket: { name: LOCAL.dataBucket }, object } }] };
    const QueueUrl = await queueUrl(sqs, LOCAL.ingestQueue);
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(event) }));
    await nothingLeft();
    expect(await client.requestsNamed('twice.csv')).toHaveLength(1);

    await dropCsv(s3, { name: 'twice.csv', csv: csv() });
    const twoEnded = async () => {
      const requests = await client.requestsNamed('twice.csv');
      return requests.length === 2 && requests.every(({ status }) => status === 'COMPLETED') ? requests : undefined;
    };
    await until('there were two requests', twoEnded, SOON);
  });

  it.each<[string, string, Record<string, string>, string]>([
    ['empty.csv', 'S. No.,Images\n', {}, 'no_rows'],
    ['wishes.csv', 'S. No.,Images\n1,x', { format: 'tiff' }, 'invalid_options'],
  ])('that can’t be used fails and has no result: %s', async (name, content, metadata, code) => {
    await dropCsv(place.aws.s3, { name, csv: content, metadata });
    const requestId = await client.requestNamed(name);
    expect(await client.ended(requestId)).toMatchObject({ status: 'FAILED', error: { code } });
    const answer = await client.call('GET /api/export', { query: { requestId } });
    expect(answer).toMatchObject({ status: 409, body: { code: 'no_result' } });
  });
});

describe('a retry', () => {
  it('tries what failed once more; the result is merged, and told of by a webhook of its own', async () => {
    const csv = csvOf([
      { urls: [`${site.url}/kept.jpg`] },
      { urls: [`${site.url}/beside.webp`, `${site.url}/lost/1.jpg`] },
      { urls: [`${site.url}/lost/2.png`] },
    ]);
    const { requestId } = await client.upload(csv, { webhookUrl: receiver.url });
    expect(await client.ended(requestId)).toMatchObject({
      status: 'COMPLETED_WITH_ERRORS',
      failures: { not_found: 2 },
    });
    await told(requestId, 1);
    const before = await client.exported(requestId);

    site.find();
    const call = { requestId, contentType: 'application/json', body: '{"codes": ["not_found"], "generation": 1}' };
    for (let time = 1; time <= 2; time++) {
      expect(await client.call('POST /api/requests/{requestId}/retry', call)).toMatchObject({
        status: 202,
        body: { requestId, generation: 2 },
      });
    }
    expect(await client.ended(requestId)).toMatchObject({
      ...{ status: 'COMPLETED', generation: 2, failures: {} },
      images: { total: 4, compressed: 4, failed: 0, pending: 0 },
      products: { total: 3, completed: 3 },
    });
    const rows = await client.exported(requestId);
    expect(rows.map(({ Status, Error: error }) => [Status, error])).toEqual(Array(3).fill(['COMPLETED', '']));
    expect(rows[0]).toEqual(before[0]);
    const [kept, found] = rows[1]!['Output Image Urls']!.split(',');
    expect(before[1]!['Output Image Urls']).toBe(`${kept},`);
    expect(found).toMatch(/1-2-2\.jpg$/);
    for (const url of [kept, found, rows[2]!['Output Image Urls']]) {
      expect([url, (await fetch(url!)).status]).toEqual([url, 200]);
    }

    await told(requestId, 2);
    const types = receiver.received.filter(({ payload }) => payload.data.requestId === requestId);
    expect(new Set(types.map(({ id, payload }) => `${id} ${payload.type}`))).toEqual(
      new Set([`msg_${requestId}_1 request.completed_with_errors`, `msg_${requestId}_2 request.completed`]),
    );
    const again = await client.call('POST /api/requests/{requestId}/retry', { requestId });
    expect(again).toMatchObject({ status: 409, body: { code: 'nothing_to_retry' } });
  });
});

describe('a cancellation', () => {
  /** What a warm function read of a request is good for so long. */
  const FORGOTTEN_MS = 6_000;

  it('ends what had not begun; what had is in the result', async () => {
    site.hold();
    const held = Array.from({ length: 60 }, (_, at) => ({ urls: [`${site.url}/held/slow-${at}.jpg`] }));
    const csv = csvOf([{ urls: [`${site.url}/quick.jpg`] }, ...held]);
    const { requestId } = await client.upload(csv, { webhookUrl: receiver.url });
    const begun = async () => ((await client.statusOf(requestId)).images.compressed === 1 ? true : undefined);
    await until('the quick image was compressed', begun, SOON);
    const cancel = () => client.call('POST /api/requests/{requestId}/cancel', { requestId });
    expect(await cancel()).toMatchObject({ status: 202, body: { status: 'PROCESSING', generation: 1 } });
    const { cancelledAt } = await client.statusOf(requestId);
    expect(await cancel()).toMatchObject({ status: 202 });
    const forgotten = Date.parse(cancelledAt!) + FORGOTTEN_MS;
    await until('it was known everywhere', () => (Date.now() > forgotten ? true : undefined), SOON);
    site.release();

    const status = await client.ended(requestId);
    expect(status).toMatchObject({ status: 'CANCELLED', cancelledAt, products: { total: 61, pending: 0, failed: 0 } });
    expect(status.products.completed).toBeGreaterThan(0);
    expect(status.failures).toEqual({ cancelled: status.products.cancelled });
    const rows = await client.exported(requestId);
    const cancelled = rows.filter((row) => row.Status === 'CANCELLED');
    expect(cancelled).toHaveLength(status.products.cancelled);
    expect(cancelled.length).toBeGreaterThan(0);
    expect(rows.length - cancelled.length).toBe(status.products.completed);
    expect(await client.exported(requestId, { rows: 'failed' })).toHaveLength(cancelled.length);
    const { payload } = await told(requestId, 1);
    expect(payload).toMatchObject({ type: 'request.cancelled', data: { requestId, status: 'CANCELLED' } });
    expect(await cancel()).toMatchObject({ status: 202, body: { status: 'CANCELLED' } });
  });

  it('comes too late for what has ended', async () => {
    const { requestId } = await client.upload(csvOf([{ urls: [`${site.url}/done.jpg`] }]));
    await client.ended(requestId);
    const answer = await client.call('POST /api/requests/{requestId}/cancel', { requestId });
    expect(answer).toMatchObject({ status: 409, body: { code: 'already_ended' } });
  });
});

describe('a page that fails at every delivery', () => {
  it('is given up by way of the dead-letter queue, and its request ends', async () => {
    const { s3, sqs } = place.aws;
    const pages = await queueUrl(sqs, LOCAL.pagesQueue);
    const deliveries = await setDeliveries(sqs, pages, 1);
    const bringBack = await removeImagesBucket(s3);
    try {
      const { requestId } = await client.upload(csvOf([{ urls: [`${site.url}/a.jpg`, `${site.url}/missing/b.jpg`] }]));
      expect(await client.ended(requestId)).toMatchObject({
        status: 'COMPLETED_WITH_ERRORS',
        products: { failed: 1 },
        failures: { gave_up: 1, not_found: 1 },
      });
      expect(await client.exported(requestId)).toMatchObject([
        { Status: 'FAILED', Error: expect.stringContaining('gave_up') },
      ]);
    } finally {
      await bringBack();
      await setDeliveries(sqs, pages, deliveries);
    }
  });
});

describe('what is refused', () => {
  const csvBody = (body: string): Call => ({ body, contentType: 'text/csv' });
  const jsonBody = (body: string): Call => ({ body, contentType: 'application/json' });
  const unknown = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

  it.each<[string, Operation, Call, number, string]>([
    ['an empty body', 'POST /api/upload', csvBody(''), 422, 'missing_file'],
    ['a form without a file', 'POST /api/upload', { body: new FormData() }, 422, 'missing_file'],
    ['a file without image URLs', 'POST /api/upload', csvBody('Name,Price\nMug,3\n'), 422, 'no_header'],
    ['a file without rows', 'POST /api/upload', csvBody('S. No.,Images\n'), 422, 'no_rows'],
    ['a file that is no text', 'POST /api/upload', csvBody('S. No.\0,Images\n1,x'), 422, 'not_a_csv'],
    ['a file of 5 MB', 'POST /api/upload', csvBody('x'.repeat(5_000_000)), 413, 'payload_too_large'],
    ['JSON for a CSV', 'POST /api/upload', jsonBody('{}'), 415, 'unsupported_media_type'],
    ['broken JSON', 'POST /api/uploads', jsonBody('{'), 400, 'invalid_request'],
    ['an empty file name', 'POST /api/uploads', jsonBody('{"fileName": ""}'), 400, 'invalid_request'],
    ['a bad option', 'POST /api/uploads', jsonBody('{"fileName": "a", "format": "tiff"}'), 422, 'invalid_options'],
    ['an unknown id', 'GET /api/status/{requestId}', { requestId: unknown }, 404, 'not_found'],
    ['what is no id', 'GET /api/status/{requestId}', { requestId: 'nonsense' }, 404, 'not_found'],
    [
      'a bad query',
      'GET /api/status/{requestId}',
      { requestId: unknown, query: { limit: '0' } },
      400,
      'invalid_request',
    ],
    ['an unknown id', 'GET /api/export/{requestId}', { requestId: unknown }, 404, 'not_found'],
    ['an unknown id', 'GET /api/export', { query: { requestId: unknown } }, 404, 'not_found'],
    ['no id', 'GET /api/export', {}, 404, 'not_found'],
    ['a bad query', 'GET /api/requests', { query: { cursor: 'last' } }, 400, 'invalid_request'],
  ])('%s: %s', async (_, operation, request, status, code) => {
    const answer = await client.call(operation, request);
    expect(answer).toMatchObject({ status, body: { status, code } });
  });

  it('names every bad option', async () => {
    const query = { quality: '0', format: 'tiff', colour: 'red' };
    const { body } = await client.call('POST /api/upload', { ...csvBody('S. No.,Images\n1,x'), query });
    const { errors } = body as { errors: { field: string }[] };
    expect(errors.map(({ field }) => field).sort()).toEqual(['colour', 'format', 'quality']);
  });
});

describe('the page', () => {
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(place.apiUrl + path, { method, headers });

  it('is at / and at the addresses of requests, compressed as the caller takes it', async () => {
    for (const path of ['/', '/requests', '/requests/01ARZ3NDEKTSV4RRFFQ69G5FAV']) {
      const answer = await get(path, { 'accept-encoding': 'br' });
      expect([answer.status, answer.headers.get('content-encoding')]).toEqual([200, 'br']);
      expect(await answer.text()).toContain('<div id="root">');
      expect(answer.headers.get('content-security-policy')).toContain(`connect-src 'self' ${place.endpoint}`);
    }
  });

  it('is not sent to who has it, nor are its scripts, which are kept for ever', async () => {
    const index = await get('/');
    const again = await get('/', { 'if-none-match': index.headers.get('etag')! });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const [script = ''] = /\/assets\/[^"]+\.js/.exec(await index.text()) ?? [];
    const answer = await get(script);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('content-type')).toMatch(/^text\/javascript/);
    const head = await get(script, {}, 'HEAD');
    expect([head.status, head.headers.get('etag')]).toEqual([200, answer.headers.get('etag')]);
  });

  it('has a sample whose images are beside it, all but one', async () => {
    const rows = readCsv(await (await get('/sample.csv')).text());
    const urls = rows.flatMap((row) => row['Input Image Urls']!.split(', '));
    expect(urls.filter((url) => !url.startsWith(`${place.apiUrl}/sample/`))).toEqual([]);
    const statuses = await Promise.all(urls.map(async (url) => (await fetch(url)).status));
    expect(statuses.filter((status) => status !== 200)).toEqual([404]);
  });

  it('describes the API', async () => {
    expect(await (await get('/openapi.json')).json()).toHaveProperty('openapi', '3.1.0');
  });

  it.each([
    ['/nowhere', 'text/html', 404, 'text/html'],
    ['/nowhere', '*/*', 404, 'application/problem+json'],
    ['/api/nowhere', 'text/html', 404, 'application/problem+json'],
    ['/..%2fpackage.json', '*/*', 404, 'application/problem+json'],
  ])('%s, asked for as %s, is answered with %i as %s', async (path, accept, status, type) => {
    const answer = await get(path, { accept });
    expect([answer.status, answer.headers.get('content-type')?.split(';')[0]]).toEqual([status, type]);
  });

  it('takes nothing away from what the API says of wrong methods', async () => {
    const answer = await get('/api/upload', {}, 'PUT');
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await get('/', {}, 'DELETE')).status).toBe(405);
  });
});

describe('who asks again', () => {
  it('gets a status or a list only when it is another one', async () => {
    const { requestId } = await client.upload(csvOf([{ urls: [`${site.url}/again.jpg`] }]));
    await client.ended(requestId);
    for (const path of [`/api/status/${requestId}?products=all`, '/api/requests?limit=1']) {
      const first = await fetch(place.apiUrl + path);
      const etag = first.headers.get('etag')!;
      const again = await fetch(place.apiUrl + path, { headers: { 'if-none-match': etag } });
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag]);
      expect((await fetch(place.apiUrl + path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    }
  });
});

/** The webhook of a run, once it was taken. */
const told = (requestId: string, generation: number) =>
  until(
    `the webhook of run ${generation} was delivered`,
    () => receiver.received.find(({ id, answer }) => id === `msg_${requestId}_${generation}` && answer === 204),
    SOON,
  );

it('leaves no message behind', async () => {
  await nothingLeft();
});

const nothingLeft = () =>
  until(
    'all queues were empty',
    async () => (Object.keys(await messagesLeft(place.aws.sqs)).length === 0 ? true : undefined),
    SOON,
  );
