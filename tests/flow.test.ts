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
import { csvOf } from './support/csv.ts';
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

it('leaves no message behind', async () => {
  await nothingLeft();
});

const nothingLeft = () =>
  until(
    'all queues were empty',
    async () => (Object.keys(await messagesLeft(place.aws.sqs)).length === 0 ? true : undefined),
    SOON,
  );
