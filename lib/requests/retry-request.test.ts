import { describe, expect, test } from 'vitest';
import { beginJourney } from '../../tests/fakes/journey.ts';
import { makeRequest, REQUEST_ID } from '../../tests/fakes/make-request.ts';
import { makeWorld } from '../../tests/fakes/world.ts';
import type { IngestMessage } from './messages.ts';
import type { Request } from './request.ts';
import { retryRequest } from './retry-request.ts';

/** Four products of seven images; three images failed, in two ways. */
async function ended() {
  const journey = await beginJourney([1, 2, 2, 2], { '/1/1': 'not_found', '/2/0': 'timeout', '/2/1': 'timeout' });
  await journey.deliver.all();
  return { ...journey, sent: journey.queues.ingest.sent };
}

/** A request without any of its items but its own. */
async function standing(fields: Partial<Request>) {
  const world = makeWorld();
  await world.requests.create(makeRequest(fields));
  const deps = { ...world.deps, ingestQueue: world.queues.ingest };
  return {
    sent: world.queues.ingest.sent,
    retry: (wish = {}) => retryRequest({ requestId: REQUEST_ID, owner: 'default', ...wish }, deps),
    request: async () => (await world.requests.get(REQUEST_ID))!,
  };
}

const FAILURES = { counts: { imagesFailed: 1, error_timeout: 1 }, status: 'COMPLETED_WITH_ERRORS' } as const;

test('opens the next run of the same request, and a message stands for it', async () => {
  const { retry, request, sent } = await ended();
  const accepted = await retry();
  expect(accepted).toMatchObject({ requestId: REQUEST_ID, status: 'RECEIVED', generation: 2 });
  expect(await request()).toEqual(accepted);
  expect(sent).toEqual([{ kind: 'retry', requestId: REQUEST_ID, generation: 2 }]);
});

test('codes are kept with the run and travel in its message', async () => {
  const { retry, sent } = await ended();
  expect((await retry({ codes: ['timeout'] })).retry).toMatchObject({ codes: ['timeout'] });
  expect(sent).toMatchObject([{ kind: 'retry', generation: 2, codes: ['timeout'] }]);
});

test('what the run before it left of its end is gone; its result and its counts stay', async () => {
  const { retry, request } = await standing({
    ...FAILURES,
    ...{ status: 'CANCELLED', finishedAt: '2025-10-05T18:00:00.000Z', cancelledAt: '2025-10-05T17:59:00.000Z' },
    ...{ webhookStatus: 'delivered', webhookRound: 3, fullGroups: new Set([0]), resultGeneration: 1 },
    error: { code: 'result_failed', message: 'It was.' },
  });
  await retry();
  const { retry: since, ...reopened } = await request();
  const { fullGroups, ...before } = makeRequest({
    ...FAILURES,
    status: 'RECEIVED',
    generation: 2,
    resultGeneration: 1,
  });
  expect(fullGroups).toBeUndefined();
  expect(reopened).toEqual(before);
  expect(since).toEqual({ at: expect.any(String) });
});

test('the message is sent before anything is written, and opens the run itself when its sender dies between', async () => {
  let dying = false;
  const fault = (call: string, moment: string) => {
    if (dying && call === 'update' && moment === 'before') throw new Error('killed');
  };
  const journey = await beginJourney([1], { '/0/0': 'not_found' }, { fault });
  await journey.deliver.all();
  const before = await journey.request();
  dying = true;
  await expect(journey.retry({ codes: ['not_found'] })).rejects.toThrow('killed');
  expect(await journey.request()).toEqual(before);
  dying = false;
  await journey.deliver.all();
  expect(await journey.request()).toMatchObject({
    generation: 2,
    retry: { codes: ['not_found'] },
    status: 'COMPLETED_WITH_ERRORS',
  });
});

test('whether the call or its message comes first, the run is the same', async () => {
  const [callFirst, messageFirst] = [await ended(), await ended()];
  await callFirst.retry({ codes: ['timeout'] });
  await callFirst.deliver.all();

  const { ingest } = messageFirst.queues;
  const send = (message: IngestMessage) => messageFirst.deliver.ingest(message);
  const ingestQueue = Object.assign(Object.create(ingest) as typeof ingest, { send });
  const accepted = await retryRequest(
    { requestId: REQUEST_ID, owner: 'default', codes: ['timeout'] },
    { ...messageFirst.deps, ingestQueue },
  );
  expect(accepted).toMatchObject({ generation: 2, status: 'PROCESSING' });
  await messageFirst.deliver.all();

  const [one, other] = [await callFirst.request(), await messageFirst.request()];
  expect(one.generation).toBe(2);
  expect(one.counts).toEqual(other.counts);
  expect(one.retryTotals).toEqual(other.retryTotals);
  expect(await callFirst.records()).toEqual(await messageFirst.records());
});

describe('asked again', () => {
  test('with the run that is meant, nothing happens once the next has begun', async () => {
    const { retry, snapshot, deliver, sent } = await ended();
    const first = await retry({ generation: 1 });
    const before = snapshot();
    expect(await retry({ generation: 1 })).toEqual(first);
    expect(snapshot()).toEqual(before);
    expect(sent).toHaveLength(1);
    await deliver.all();
    const after = snapshot();
    expect(await retry({ generation: 1, codes: ['not_found'] })).toMatchObject({ generation: 2 });
    expect([snapshot(), sent.length]).toEqual([after, 0]);
  });

  test('without it, it is not finished while the run is under way', async () => {
    const { retry, sent } = await ended();
    await retry();
    await expect(retry()).rejects.toMatchObject({ name: 'Problem', code: 'not_finished' });
    expect(sent).toHaveLength(1);
  });

  test('after the end of the run, it is a further one', async () => {
    const { retry, deliver } = await ended();
    for (const generation of [2, 3, 4]) {
      expect(await retry()).toMatchObject({ generation });
      await deliver.all();
    }
  });
});

describe('two calls at once', () => {
  test('with one wish are both accepted, and are one run', async () => {
    const { retry, deliver, request } = await ended();
    const codes = [
      ['timeout', 'not_found'],
      ['not_found', 'timeout', 'not_found'],
    ];
    const accepted = await Promise.all(codes.map((wish) => retry({ codes: wish })));
    expect(accepted.map(({ generation }) => generation)).toEqual([2, 2]);
    await deliver.all();
    expect((await request()).generation).toBe(2);
  });

  test.each([
    [['timeout'], ['not_found']],
    [['timeout'], undefined],
    [undefined, ['not_found']],
  ])('with the wishes %j and %j: one is accepted, the other learns that it is not', async (one, other) => {
    const { retry, deliver, request, fetched } = await ended();
    const answers = await Promise.allSettled([retry({ codes: one }), retry({ codes: other })]);
    const accepted = answers.filter((answer) => answer.status === 'fulfilled');
    expect(accepted).toHaveLength(1);
    expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'not_finished' } });
    const { codes } = accepted[0]!.value.retry!;
    fetched.length = 0;
    await deliver.all();
    expect(await request()).toMatchObject({ generation: 2, status: 'COMPLETED_WITH_ERRORS' });
    const tried = { timeout: ['/2/0', '/2/1'], not_found: ['/1/1'], all: ['/1/1', '/2/0', '/2/1'] };
    const expected = tried[(codes?.[0] ?? 'all') as keyof typeof tried];
    expect([...new Set(fetched)].sort()).toEqual(expected.map((path) => `https://shop.example${path}.jpg`));
  });
});

describe('refused is', () => {
  const ENDED_AGO = '2025-10-05T18:00:00.000Z';
  test.each<[string, Partial<Request>, object, string]>([
    ['a request that waits for its file', { status: 'AWAITING_FILE' }, {}, 'not_finished'],
    ['one that was received', { ...FAILURES, status: 'RECEIVED' }, {}, 'not_finished'],
    ['one that is worked on', { ...FAILURES, status: 'PROCESSING' }, {}, 'not_finished'],
    ['one whose result is being written', { ...FAILURES, status: 'FINISHING' }, {}, 'not_finished'],
    ['one that failed before its pages were sent', { status: 'FAILED', sealedGeneration: undefined }, {}, 'no_result'],
    [
      'one whose upload was withdrawn',
      { status: 'CANCELLED', sealedGeneration: undefined, cancelledAt: ENDED_AGO },
      {},
      'no_result',
    ],
    ['one without failures', { status: 'COMPLETED', counts: { imagesCompressed: 3 } }, {}, 'nothing_to_retry'],
    [
      'one whose rows were bad, but no image',
      { status: 'COMPLETED_WITH_ERRORS', counts: { productsFailed: 1, error_no_images: 1 } },
      {},
      'nothing_to_retry',
    ],
    ['a code that no image failed with', FAILURES, { codes: ['not_found'] }, 'nothing_to_retry'],
    ['a run that never was', FAILURES, { generation: 2 }, 'invalid_request'],
    ['a foreign request', FAILURES, { owner: 'acme' }, 'not_found'],
    ['an unknown one', FAILURES, { requestId: '01K6XJ5T3N8Z4QW2V7YBCDEFGJ' }, 'not_found'],
  ])('%s', async (_name, fields, wish, code) => {
    const { retry, request, sent } = await standing(fields);
    const before = await request();
    await expect(retry(wish)).rejects.toMatchObject({ name: 'Problem', code });
    expect(await request()).toEqual(before);
    expect(sent).toEqual([]);
  });
});

test.each<[string, Partial<Request>]>([
  ['of several codes one is enough', FAILURES],
  ['a result that could not be written is tried again, though no image failed', { status: 'FAILED', counts: {} }],
  ['a retry that could not be begun, too', { status: 'FAILED', counts: {}, generation: 3, resultGeneration: 2 }],
])('%s', async (_name, fields) => {
  const { retry } = await standing(fields);
  expect(await retry({ codes: ['not_found', 'timeout'] })).toMatchObject({ status: 'RECEIVED' });
});
