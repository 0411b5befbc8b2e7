import { describe, expect, test } from 'vitest';
import { beginJourney, type Journey } from '../../tests/fakes/journey.ts';
import { makeRequest, REQUEST_ID, RUN } from '../../tests/fakes/make-request.ts';
import { makeWorld } from '../../tests/fakes/world.ts';
import { finishRequest } from './finish-request.ts';
import { handleIngest } from './handle-ingest.ts';
import type { Run } from './keys.ts';
import type { RequestStore } from './request-store.ts';

/** Processes that are held before a write until the request is in its next run: what they had read is of the run before. */

type Deps = Journey['deps'];

/** The same with a write that waits until it is let go. */
function held(deps: Deps, name: 'seal' | 'planRetry' | 'end') {
  const reached = Promise.withResolvers<undefined>();
  const go = Promise.withResolvers<undefined>();
  const write = deps.requests[name] as (...parameters: unknown[]) => Promise<never>;
  const waiting = async (...parameters: unknown[]) => {
    reached.resolve(undefined);
    await go.promise;
    return await write(...parameters);
  };
  return {
    deps: { ...deps, requests: { ...deps.requests, [name]: waiting } },
    reached: reached.promise,
    letGo: () => go.resolve(undefined),
  };
}

const dyingAtSeal = (deps: Deps): Deps => ({
  ...deps,
  requests: { ...deps.requests, seal: () => Promise.reject(new Error('killed')) },
});

async function pressPages({ queues, deliver }: Journey): Promise<void> {
  for (const page of queues.pages.sent.splice(0)) await deliver.page(page);
}

describe('what is late', () => {
  test('to seal the first run does not seal the retry that has begun', async () => {
    const journey = await beginJourney([1, 1], { '/1/': 'not_found' });
    const item = journey.table.items.get(`REQ#${REQUEST_ID} REQUEST`)!;
    item.status = 'RECEIVED';
    Reflect.deleteProperty(item, 'sealedGeneration');
    const late = held(journey.deps, 'seal');
    const slow = handleIngest({ kind: 'ingest', requestId: REQUEST_ID }, late.deps);
    await late.reached;
    await journey.deliver.all();
    expect((await journey.request()).status).toBe('COMPLETED_WITH_ERRORS');
    await journey.retry();
    late.letGo();
    await slow;
    await journey.deliver.all();
    const ended = { generation: 2, status: 'COMPLETED_WITH_ERRORS', sealedGeneration: 2, resultGeneration: 2 };
    expect(await journey.request()).toMatchObject(ended);
  });

  test('to plan a retry does not undo what its first pages have counted', async () => {
    const journey = await beginJourney([1, 1], { '/1/': 'not_found' });
    await journey.deliver.all();
    delete journey.hosts['/1/'];
    await journey.retry();
    const [message] = journey.queues.ingest.sent.splice(0);
    const late = held(journey.deps, 'planRetry');
    const slow = handleIngest(message!, late.deps);
    await late.reached;
    // Another delivery has planned it and sent its pages, and died.
    await expect(handleIngest(message!, dyingAtSeal(journey.deps))).rejects.toThrow('killed');
    await pressPages(journey);
    late.letGo();
    await slow;
    await journey.deliver.all();
    const counts = { productsCompleted: 2, imagesCompressed: 2 };
    expect(await journey.request()).toMatchObject({ status: 'COMPLETED', counts });
  });

  test('to end the first run does not end the retry that is being finished', async () => {
    const journey = await beginJourney([1, 1], { '/1/': 'not_found' });
    await pressPages(journey);
    const finishing = (run: Run) => {
      const late = held(journey.deps, 'end');
      const done = finishRequest(run, late.deps);
      const end = () => (late.letGo(), done);
      return { reached: late.reached, end };
    };
    const slow = finishing(RUN);
    await slow.reached;
    await journey.deliver.all();
    delete journey.hosts['/1/'];
    await journey.retry();
    const [message] = journey.queues.ingest.sent.splice(0);
    await journey.deliver.ingest(message!);
    await pressPages(journey);
    journey.queues.finish.sent.length = 0;
    const second = finishing({ ...RUN, generation: 2 });
    await second.reached;
    await slow.end();
    expect(await journey.request()).toMatchObject({ status: 'FINISHING', generation: 2, resultGeneration: 1 });
    await second.end();
    expect(await journey.request()).toMatchObject({ status: 'COMPLETED', generation: 2, resultGeneration: 2 });
  });

  const told = { status: 'COMPLETED', webhookUrl: 'https://caller.example/' } as const;
  const first = makeRequest({ ...told, generation: 1 });

  test.each<[string, 'delivered' | undefined, (requests: RequestStore) => Promise<unknown>]>([
    ['to end the first run’s delivery does not end the second’s', undefined, (one) => one.endDelivery(first, 'failed')],
    ['to begin a round of the first run begins none of the second’s', 'delivered', (one) => one.startRound(first)],
  ])('%s', async (_name, webhookStatus, write) => {
    const { requests } = makeWorld();
    const second = { generation: 2, sealedGeneration: 2, resultGeneration: 2, webhookStatus };
    await requests.create(makeRequest({ ...told, ...second }));
    expect(await write(requests)).toBeUndefined();
    expect((await requests.get(REQUEST_ID))?.webhookStatus).toBe(webhookStatus);
  });

  test('to open a request whose pages were never all sent finds it closed', async () => {
    const { requests } = makeWorld();
    await requests.create(makeRequest({ status: 'FAILED', sealedGeneration: undefined }));
    const run = { requestId: REQUEST_ID, generation: 2 };
    expect(await requests.reopen(run, { at: '2025-10-05T18:00:00.000Z' })).toBeUndefined();
  });
});
