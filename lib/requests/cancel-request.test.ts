import { describe, expect, test } from 'vitest';
import { beginJourney } from '../../tests/fakes/journey.ts';
import { makeRequest, REQUEST_ID } from '../../tests/fakes/make-request.ts';
import { csvOf, makeWorld } from '../../tests/fakes/world.ts';
import { cancelRequest } from './cancel-request.ts';
import { handleIngest } from './handle-ingest.ts';
import { arrivalObject, resultObject } from './keys.ts';
import { receiveFile } from './receive-file.ts';
import type { Request } from './request.ts';

const AT = '2025-10-05T18:00:00.000Z';
const resend = { kind: 'resend', requestId: REQUEST_ID };

/** A request without any of its items but its own. */
async function standing(fields: Partial<Request>) {
  const world = makeWorld();
  await world.requests.create(makeRequest({ webhookUrl: 'https://caller.example/', ...fields }));
  const deps = { ...world.deps, ingestQueue: world.queues.ingest, now: () => new Date(AT) };
  return {
    ...world,
    cancel: (wish = {}) => cancelRequest({ requestId: REQUEST_ID, owner: 'default', ...wish }, deps),
    request: async () => (await world.requests.get(REQUEST_ID))!,
    sent: () => Object.values(world.queues).flatMap(({ sent }): unknown[] => sent),
  };
}

test.each(['RECEIVED', 'PROCESSING'] as const)('a request that is %s keeps working to its end', async (status) => {
  const { cancel, request, sent, queues } = await standing({ status });
  const cancelled = await cancel();
  expect(cancelled).toMatchObject({ status, cancelledAt: AT });
  expect(await request()).toEqual(cancelled);
  expect(sent()).toEqual([resend]);
  // By then what had begun has ended: the function that compresses may run for less.
  expect(queues.ingest.delays).toEqual([150]);
});

test('doing it again does nothing', async () => {
  const { cancel, request, sent } = await standing({ cancelledAt: '2025-10-05T17:59:00.000Z' });
  const before = await request();
  expect(await cancel()).toEqual(before);
  expect(await request()).toEqual(before);
  expect(sent()).toEqual([]);
});

test('two calls at once cancel it once, and both learn that it is', async () => {
  const { cancel } = await standing({});
  const [one, other] = await Promise.all([cancel(), cancel()]);
  expect(one).toEqual(other);
});

test('its message is sent before anything is written', async () => {
  let dying = false;
  const fault = (call: string, moment: string) => {
    if (dying && call === 'update' && moment === 'before') throw new Error('killed');
  };
  const journey = await beginJourney([1], {}, { fault });
  dying = true;
  await expect(journey.cancel()).rejects.toThrow('killed');
  expect(journey.queues.ingest.sent).toContainEqual(resend);
  expect(await journey.request()).not.toHaveProperty('cancelledAt');
  dying = false;
  await journey.deliver.all();
  expect((await journey.request()).status).toBe('COMPLETED');
});

describe('refused is', () => {
  test.each<[string, Partial<Request>, object, string]>([
    ['a request whose result is being written', { status: 'FINISHING' }, {}, 'already_ended'],
    ['one that is COMPLETED', { status: 'COMPLETED' }, {}, 'already_ended'],
    ['one that is COMPLETED_WITH_ERRORS', { status: 'COMPLETED_WITH_ERRORS' }, {}, 'already_ended'],
    ['one that FAILED', { status: 'FAILED' }, {}, 'already_ended'],
    ['a foreign one', {}, { owner: 'acme' }, 'not_found'],
    ['an unknown one', {}, { requestId: '01K6XJ5T3N8Z4QW2V7YBCDEFGJ' }, 'not_found'],
  ])('%s', async (_name, fields, wish, code) => {
    const { cancel, request, sent } = await standing(fields);
    const before = await request();
    await expect(cancel(wish)).rejects.toMatchObject({ name: 'Problem', code });
    expect(await request()).toEqual(before);
    expect(sent()).toEqual([]);
  });

  test('one that ends between the look and the write', async () => {
    const { cancel, requests, queues, request } = await standing({ fullGroups: new Set([0]) });
    const { ingest } = queues;
    const send = ingest.send.bind(ingest);
    ingest.send = async (message, options) => {
      await send(message, options);
      await requests.startFinishing({ requestId: REQUEST_ID, generation: 1 });
    };
    await expect(cancel()).rejects.toMatchObject({ code: 'already_ended' });
    expect(await request()).not.toHaveProperty('cancelledAt');
  });
});

test('an ended request that was cancelled is given as it is', async () => {
  const { cancel, sent } = await standing({ status: 'CANCELLED', cancelledAt: AT });
  expect(await cancel()).toMatchObject({ status: 'CANCELLED', cancelledAt: AT });
  expect(sent()).toEqual([]);
});

describe('what becomes of the images', () => {
  test('those that had ended stay, all others are not fetched and end as cancelled; the result says so', async () => {
    const { queues, deliver, cancel, fetched, ...journey } = await beginJourney([1, 2, 2], { '/1/1': 'timeout' });
    const [first, second, third] = queues.pages.sent.splice(0);
    await deliver.page(first!);
    await expect(deliver.page(second!)).rejects.toMatchObject({ name: 'RetryLater' });
    await cancel();
    fetched.length = 0;
    await deliver.page(second!, 2);
    await deliver.page(third!);
    await deliver.all();
    expect(fetched).toEqual([]);
    expect(await journey.request()).toMatchObject({
      status: 'CANCELLED',
      counts: {
        productsCompleted: 1,
        productsPartial: 1,
        productsCancelled: 1,
        imagesCompressed: 2,
        error_cancelled: 3,
      },
    });
    expect(journey.result(1).map(({ Status }) => Status)).toEqual(['COMPLETED', 'PARTIAL', 'CANCELLED']);
    expect(journey.failedRows(1)).toEqual(['2', '3']);
    expect(queues.webhooks.sent).toContainEqual({ requestId: REQUEST_ID, generation: 1 });
  });

  test('one that is cancelled while its file is being read ends all the same, with nothing fetched', async () => {
    const journey = await beginJourney([1, 1]);
    journey.queues.pages.sent.length = 0;
    const fields = { status: 'RECEIVED', sealedGeneration: undefined, totals: undefined, plan: undefined } as const;
    journey.table.items.clear();
    await journey.requests.create(makeRequest(fields));
    await journey.cancel();
    await journey.deliver.all();
    expect(await journey.request()).toMatchObject({ status: 'CANCELLED', counts: { productsCancelled: 2 } });
    expect(journey.fetched).toEqual([]);
  });

  test('pages that wait for another try are sent once more behind it, and end without one', async () => {
    const { queues, deliver, cancel, fetched, ...journey } = await beginJourney([1, 1, 1], { '/1/0': 'timeout' });
    const waiting = queues.pages.sent.splice(0);
    for (const page of waiting) await deliver.page(page).catch(() => undefined);
    await cancel();
    fetched.length = 0;
    const promise = queues.ingest.sent.splice(0).find(({ kind }) => kind === 'resend')!;
    await deliver.ingest(promise);
    expect(queues.pages.sent.map(({ page, again }) => [page, again])).toEqual([[1, true]]);
    await deliver.all();
    expect(await journey.request()).toMatchObject({ status: 'CANCELLED', counts: { error_cancelled: 1 } });
    // The page itself comes back much later.
    const before = journey.snapshot();
    await deliver.page(waiting[1]!, 2);
    expect(journey.snapshot()).toEqual(before);
    expect(fetched).toEqual([]);
  });

  test('a request all of whose images had ended is cancelled none the less, and loses nothing', async () => {
    const journey = await beginJourney([1, 1]);
    for (const page of journey.queues.pages.sent.splice(0)) await journey.deliver.page(page);
    await journey.cancel();
    await journey.deliver.all();
    expect(await journey.request()).toMatchObject({ status: 'CANCELLED', counts: { productsCompleted: 2 } });
    expect(journey.data.stored.has(resultObject({ requestId: REQUEST_ID, generation: 1 }))).toBe(true);
  });

  test('a file that turns out unusable fails, cancelled or not', async () => {
    const journey = await beginJourney([1]);
    await journey.data.put(`uploads/${REQUEST_ID}.csv`, Buffer.from('no table'), { contentType: 'text/csv' });
    journey.table.items.clear();
    const fields = { status: 'RECEIVED', sealedGeneration: undefined, totals: undefined, plan: undefined } as const;
    await journey.requests.create(makeRequest(fields));
    await journey.cancel();
    await journey.deliver.all();
    expect(await journey.request()).toMatchObject({ status: 'FAILED', error: { code: 'no_header' } });
  });
});

describe('an upload whose file has not come', () => {
  const awaiting: Partial<Request> = {
    ...{ totals: undefined, plan: undefined, sealedGeneration: undefined },
    status: 'AWAITING_FILE',
  };

  test('is CANCELLED at once and its caller told; nothing is there to be had', async () => {
    const { cancel, request, queues } = await standing(awaiting);
    expect(await cancel()).toMatchObject({ status: 'CANCELLED', cancelledAt: AT, finishedAt: AT });
    // Longer than the day that a file is waited for: its webhook alone may take more.
    expect((await request()).expiresAt).toBe(Date.parse(AT) / 1000 + 90 * 86_400);
    expect(queues.webhooks.sent).toEqual([{ requestId: REQUEST_ID, generation: 1 }]);
    expect(queues.ingest.sent).toEqual([resend]);
  });

  test('stays so when its file comes later', async () => {
    const { cancel, request, deps, data, queues } = await standing(awaiting);
    await cancel();
    const before = await request();
    await receiveFile(data.arrive(arrivalObject(REQUEST_ID), csvOf([1])), deps);
    expect(await request()).toEqual(before);
    expect(queues.pages.sent).toEqual([]);
  });

  test('is cancelled as one that was received when its file comes just then', async () => {
    const { cancel, request, deps, data, queues } = await standing(awaiting);
    const { ingest } = queues;
    const send = ingest.send.bind(ingest);
    let arrived = false;
    ingest.send = async (message, options) => {
      await send(message, options);
      if (arrived) return;
      arrived = true;
      await receiveFile(data.arrive(arrivalObject(REQUEST_ID), csvOf([1])), deps);
    };
    expect(await cancel()).toMatchObject({ status: 'PROCESSING', cancelledAt: AT });
    expect(await request()).not.toHaveProperty('finishedAt');
    expect(queues.webhooks.sent).toEqual([]);
  });

  test('a withdrawal that died before it told the caller does so by its message', async () => {
    const { cancel, deps, queues } = await standing(awaiting);
    const send = () => Promise.reject(new Error('killed'));
    const { webhooks, ingest } = queues;
    const broken = Object.assign(Object.create(webhooks) as typeof webhooks, { send });
    await expect(
      cancelRequest(
        { requestId: REQUEST_ID, owner: 'default' },
        { ...deps, ingestQueue: ingest, webhooksQueue: broken },
      ),
    ).rejects.toThrow('killed');
    expect(await cancel()).toMatchObject({ status: 'CANCELLED' });
    expect(webhooks.sent).toEqual([]);
    await handleIngest(ingest.sent[0]!, deps);
    expect(webhooks.sent).toEqual([{ requestId: REQUEST_ID, generation: 1 }]);
  });
});
