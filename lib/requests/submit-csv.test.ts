import { expect, test } from 'vitest';
import { csvOf, makeWorld } from '../../tests/fakes/world.ts';
import { ImageOptions } from '../images/image-options.ts';
import { inputObject } from './keys.ts';
import { submitCsv } from './submit-csv.ts';

const submission = (csv: Buffer) => ({
  csv,
  fileName: 'products.csv',
  owner: 'acme',
  options: ImageOptions.parse({ format: 'webp' }),
  webhookUrl: 'https://caller.example/',
});

test('when it returns, every row is in a message and the request is sealed', async () => {
  const world = makeWorld();
  const { request } = await submitCsv(submission(csvOf([1, 2, 0])), world.deps);
  const sent = world.queues.pages.sent.flatMap(({ products }) => products);
  expect(sent.map(({ index, imageUrls }) => [index, imageUrls.length])).toEqual([
    [0, 1],
    [1, 2],
    [2, 0],
  ]);
  expect(await world.requests.get(request.requestId)).toMatchObject({
    status: 'PROCESSING',
    owner: 'acme',
    source: 'api',
    sealedGeneration: 1,
    generation: 1,
    options: { format: 'webp' },
    webhookUrl: 'https://caller.example/',
    totals: { products: 3, images: 3, rejectedRows: 1 },
  });
  expect(world.data.text(inputObject(request))).toBe(csvOf([1, 2, 0]).toString());
});

test('tells which rows are refused', async () => {
  const { firstErrors } = await submitCsv(submission(csvOf([1, 0])), makeWorld().deps);
  expect(firstErrors).toMatchObject([{ row: 3, code: 'no_images' }]);
});

test('a file that is refused leaves nothing', async () => {
  const world = makeWorld();
  const refused = submitCsv(submission(Buffer.from('hello')), world.deps);
  await expect(refused).rejects.toMatchObject({ code: 'no_header' });
  expect([world.data.stored.size, world.table.items.size]).toEqual([0, 0]);
  expect(Object.values(world.queues).flatMap(({ sent }): unknown[] => sent)).toEqual([]);
});

test.each([
  ['the CSV is put', 'put', 1, { insured: 0, items: 0 }],
  ['the insurance is sent', 'send', 1, { insured: 1, items: 0 }],
  ['the item is created', 'put', 2, { insured: 1, items: 1 }],
  ['the first page is sent', 'send', 2, { insured: 1, items: 1 }],
])('killed after %s, nothing is without its insurance', async (_name, call, times, left) => {
  let seen = 0;
  const world = makeWorld({
    fault: (name, moment) => {
      if (name === call && moment === 'after' && ++seen === times) throw new Error('killed');
    },
  });
  await expect(submitCsv(submission(csvOf([1])), world.deps)).rejects.toThrow('killed');
  expect({ insured: world.queues.ingest.sent.length, items: world.table.items.size }).toEqual(left);
});

test('the insurance is delayed, so that it does not race the submission', async () => {
  const world = makeWorld();
  await submitCsv(submission(csvOf([1])), world.deps);
  expect(world.queues.ingest.delays).toEqual([60]);
});

test('an item lives as long as the rules say', async () => {
  const world = makeWorld();
  const now = () => new Date('2025-10-05T00:00:00.000Z');
  const { request } = await submitCsv(submission(csvOf([1])), { ...world.deps, now });
  expect(new Date(request.expiresAt * 1000).toISOString()).toBe('2026-01-03T00:00:00.000Z');
});
