import { expect, test } from 'vitest';
import { csvOf, makeWorld } from '../../tests/fakes/world.ts';
import { ImageOptions } from '../images/image-options.ts';
import { createUpload } from './create-upload.ts';
import { submitCsv } from './submit-csv.ts';

const submission = {
  csv: csvOf([1, 2]),
  fileName: 'products.csv',
  owner: 'default',
  options: ImageOptions.parse({}),
  idempotencyKey: 'order-7',
};
const requestsIn = (world: ReturnType<typeof makeWorld>) =>
  [...world.table.items.values()].filter(({ sk }) => sk === 'REQUEST');

test('the same key and file, sent one after the other, are one request', async () => {
  const world = makeWorld();
  const first = await submitCsv(submission, world.deps);
  const second = await submitCsv(submission, world.deps);
  expect(second.request.requestId).toBe(first.request.requestId);
  expect(requestsIn(world)).toHaveLength(1);
  expect(world.queues.pages.sent).toHaveLength(2);
});

test('the same key and file, sent at once, are one request', async () => {
  const world = makeWorld({ fault: () => new Promise<void>(setImmediate) });
  const ids = await Promise.all(
    Array.from({ length: 5 }, async () => (await submitCsv(submission, world.deps)).request.requestId),
  );
  expect(new Set(ids).size).toBe(1);
  expect(requestsIn(world)).toHaveLength(1);
});

test('a call that died half way is gone on with by the next one', async () => {
  let calls = 0;
  const world = makeWorld({
    fault: () => {
      calls += 1;
      if (calls === 9) throw new Error('killed');
    },
  });
  await expect(submitCsv(submission, world.deps)).rejects.toThrow('killed');
  const { request } = await submitCsv(submission, world.deps);
  expect(request).toMatchObject({ status: 'PROCESSING', sealedGeneration: 1 });
  expect(requestsIn(world)).toHaveLength(1);
});

test.each([
  ['another file', { csv: csvOf([3]) }],
  ['other options', { options: ImageOptions.parse({ format: 'webp' }) }],
  ['another webhook', { webhookUrl: 'https://caller.example/' }],
])('the same key with %s is refused and makes nothing', async (_, change) => {
  const world = makeWorld();
  await submitCsv(submission, world.deps);
  await expect(submitCsv({ ...submission, ...change }, world.deps)).rejects.toMatchObject({
    code: 'idempotency_key_reused',
  });
  expect(requestsIn(world)).toHaveLength(1);
});

test.each([
  ['another key', { idempotencyKey: 'order-8' }],
  ['another owner', { owner: 'somebody else' }],
  ['no key', { idempotencyKey: undefined }],
])('the same file with %s is another request', async (_, change) => {
  const world = makeWorld();
  const first = await submitCsv(submission, world.deps);
  const second = await submitCsv({ ...submission, ...change }, world.deps);
  expect(second.request.requestId).not.toBe(first.request.requestId);
});

test('a refused file leaves its key free', async () => {
  const world = makeWorld();
  await expect(submitCsv({ ...submission, csv: Buffer.from('x') }, world.deps)).rejects.toMatchObject({
    code: 'no_header',
  });
  await expect(submitCsv(submission, world.deps)).resolves.toMatchObject({ request: { status: 'PROCESSING' } });
});

test('a presigned upload asked for twice with one key is one request with a fresh form', async () => {
  const world = makeWorld();
  const presigner = {
    download: () => Promise.resolve(''),
    uploadForm: (key: string) => Promise.resolve({ url: 'https://bucket.example', fields: { key } }),
  };
  const plan = { fileName: 'a.csv', owner: 'default', options: ImageOptions.parse({}), idempotencyKey: 'k' };
  const first = await createUpload(plan, { ...world.deps, presigner });
  const second = await createUpload(plan, { ...world.deps, presigner });
  expect(second.request.requestId).toBe(first.request.requestId);
  expect(second.form).toEqual(first.form);
  expect(requestsIn(world)).toHaveLength(1);
});

test('a day later the same key may be used for something else', async () => {
  const world = makeWorld();
  const first = await submitCsv(submission, world.deps);
  const tomorrow = { ...world.deps, now: () => new Date(Date.now() + 86_401_000) };
  const other = { ...submission, csv: csvOf([3]) };
  const [second, again] = await Promise.all([submitCsv(other, tomorrow), submitCsv(other, tomorrow)]);
  expect(second.request.requestId).not.toBe(first.request.requestId);
  expect(again.request.requestId).toBe(second.request.requestId);
});
