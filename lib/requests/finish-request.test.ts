import { expect, test } from 'vitest';
import {
  imageDone,
  imageFailed,
  makeEndings,
  makeRecord,
  makeRequest,
  REQUEST_ID,
  RUN,
} from '../../tests/fakes/make-request.ts';
import { makeWorld } from '../../tests/fakes/world.ts';
import { finishRequest } from './finish-request.ts';
import { failedRowsObject, inputObject, resultObject } from './keys.ts';
import type { ProductRecord } from './product-record.ts';
import type { Request } from './request.ts';

const CSV = [
  'SKU;Image URL;Note',
  'a-1;https://shop.example/0/0.jpg;"kept; as it is"',
  'a-2;https://shop.example/1/0.jpg,https://shop.example/1/1.jpg;=1+1',
  '',
].join('\r\n');

const twoProducts = [makeRecord(0, [imageDone()]), makeRecord(1, [imageDone(), imageFailed('timeout')])];
const flawless = [makeRecord(0, [imageDone()]), makeRecord(1, [imageDone(), imageDone()])];
const message = { requestId: REQUEST_ID, generation: 1 };

async function prepare(records: ProductRecord[] = twoProducts, fields: Partial<Request> = {}) {
  const world = makeWorld();
  const completed = records.filter(({ status }) => status === 'COMPLETED').length;
  await world.requests.create(
    makeRequest({
      fullGroups: new Set([0]),
      counts: { productsCompleted: completed },
      webhookUrl: 'https://caller.example/',
      ...fields,
    }),
  );
  const endings = makeEndings(records.map((record, index) => [index, record]));
  if (records.length > 0) await world.pages.settle(RUN, 0, { endings, expiresAt: 1 });
  await world.data.put(inputObject({ requestId: REQUEST_ID }), Buffer.from(CSV), { contentType: 'text/csv' });
  return { ...world, status: async () => (await world.requests.get(REQUEST_ID))?.status };
}

test('the result is the input with the outputs beside it, row by row', async () => {
  const { deps, data } = await prepare();
  await finishRequest(message, deps);
  expect(data.text(resultObject(RUN)).split('\r\n')).toEqual([
    '\uFEFFSKU;Image URL;Note;Output Image Urls;Status;Error;Bytes In;Bytes Out',
    'a-1;https://shop.example/0/0.jpg;"kept; as it is";https://images.example/0-1.jpg;COMPLETED;;100;50',
    `a-2;"https://shop.example/1/0.jpg,https://shop.example/1/1.jpg";'=1+1;"https://images.example/0-1.jpg,";` +
      'PARTIAL;image 2: timeout: It was timeout.;100;50',
    '',
  ]);
});

test('the failed rows are the input’s own, with the reasons', async () => {
  const { deps, data } = await prepare();
  await finishRequest(message, deps);
  const lines = data.text(failedRowsObject(RUN)).split('\r\n');
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^\uFEFFSKU;Image URL;Note;/);
  expect(lines[1]).toMatch(/^a-2;.*timeout/);
});

test.each([
  ['COMPLETED', flawless],
  ['COMPLETED_WITH_ERRORS', twoProducts],
])('ends as %s', async (status, records) => {
  const { deps, requests } = await prepare(records);
  const now = () => new Date('2025-10-05T18:00:00.000Z');
  await finishRequest(message, { ...deps, now });
  expect(await requests.get(REQUEST_ID)).toMatchObject({ status, finishedAt: '2025-10-05T18:00:00.000Z' });
});

test('told twice it ends once: the time stays, only the webhook is promised again', async () => {
  const { deps, requests, queues, data } = await prepare();
  await finishRequest(message, deps);
  const ended = await requests.get(REQUEST_ID);
  data.stored.delete(resultObject(RUN));
  await finishRequest(message, deps);
  expect(await requests.get(REQUEST_ID)).toEqual(ended);
  expect(data.stored.has(resultObject(RUN))).toBe(false);
  expect(queues.webhooks.sent).toEqual([message, message]);
});

test('told twice at once it ends once', async () => {
  const { deps, queues, status } = await prepare();
  await Promise.all([finishRequest(message, deps), finishRequest(message, deps)]);
  expect(await status()).toBe('COMPLETED_WITH_ERRORS');
  expect(queues.webhooks.sent.length).toBeGreaterThan(0);
});

test.each<[string, Partial<Request>]>([
  ['there is nobody to tell', { webhookUrl: undefined }],
  ['the caller was told before', { webhookStatus: 'delivered' }],
])('promises no webhook when %s', async (_name, fields) => {
  const { deps, queues, status } = await prepare(flawless, fields);
  await finishRequest(message, deps);
  expect(await status()).toBe('COMPLETED');
  expect(queues.webhooks.sent).toEqual([]);
});

test('a message of an earlier generation does nothing', async () => {
  const { deps, status } = await prepare(flawless, { generation: 2 });
  await finishRequest(message, deps);
  expect(await status()).toBe('PROCESSING');
});

test('a request that is not settled is not finished', async () => {
  const { deps, data } = await prepare(flawless, { fullGroups: undefined });
  await expect(finishRequest(message, deps)).rejects.toThrow('before it was settled');
  expect(data.stored.has(resultObject(RUN))).toBe(false);
});

test('a row without a record stops the result: nothing is lost in silence', async () => {
  const { deps, data, status } = await prepare([makeRecord(0, [imageDone()])]);
  await expect(finishRequest(message, deps)).rejects.toThrow('product 1 has no record');
  expect(data.stored.has(resultObject(RUN))).toBe(false);
  expect(await status()).toBe('FINISHING');
});

test('a try that died on the way is made whole by the next', async () => {
  const { deps, status } = await prepare();
  const webhooksQueue = { ...deps.webhooksQueue, send: () => Promise.reject(new Error('killed')) };
  await expect(finishRequest(message, { ...deps, webhooksQueue })).rejects.toThrow('killed');
  expect(await status()).toBe('COMPLETED_WITH_ERRORS');
  await finishRequest(message, deps);
});
