import { expect, test } from 'vitest';
import { makeRequest } from '../../tests/fakes/make-request.ts';
import { makeWorld } from '../../tests/fakes/world.ts';
import { linksUnder } from './links.ts';
import { listRequests } from './list-requests.ts';

const idOf = (at: number) => `01K6XJ5T3N8Z4QW2V7YBCDEF${String(at).padStart(2, '0')}`;

async function withRequests(count: number) {
  const world = makeWorld();
  for (let at = 0; at < count; at++) {
    await world.requests.create(makeRequest({ requestId: idOf(at), owner: at % 3 === 0 ? 'acme' : 'default' }));
  }
  const deps = { ...world.deps, links: linksUnder('https://api.example') };
  return {
    ...world,
    list: (owner: string, limit: number, cursor?: string) => listRequests({ owner, limit, cursor }, deps),
  };
}

test('an owner’s requests come newest first, through cursors, each once', async () => {
  const { list } = await withRequests(12);
  const first = await list('default', 5);
  expect(first.requests.map(({ requestId }) => requestId)).toEqual([11, 10, 8, 7, 5].map(idOf));
  const second = await list('default', 5, first.nextCursor!);
  expect(second.requests.map(({ requestId }) => requestId)).toEqual([4, 2, 1].map(idOf));
  expect(second.nextCursor).toBeNull();
});

test('behind requests that have expired there may be older ones that have not', async () => {
  const { requests, list } = await withRequests(0);
  for (let at = 0; at < 5; at++) {
    await requests.create(makeRequest({ requestId: idOf(at), ...(at > 0 && at < 4 && { expiresAt: 1 }) }));
  }
  const first = await list('default', 2);
  const second = await list('default', 2, first.nextCursor!);
  const third = await list('default', 2, second.nextCursor!);
  expect([first, second, third].map(({ requests: found }) => found.map(({ requestId }) => requestId))).toEqual([
    [idOf(4)],
    [],
    [idOf(0)],
  ]);
  expect(third.nextCursor).toBeNull();
});

test('an owner without requests has an empty list', async () => {
  const { list } = await withRequests(2);
  expect(await list('nobody', 5)).toEqual({ requests: [], nextCursor: null });
});

test('counts are as current as those of the status', async () => {
  const { list, pages } = await withRequests(1);
  const counts = { imagesCompressed: 2, productsCompleted: 1 };
  await pages.addFullPage({ requestId: idOf(0), generation: 1 }, { page: 0, counts, expiresAt: 1 });
  expect((await list('acme', 1)).requests).toMatchObject([{ images: { compressed: 2, pending: 1 } }]);
});
