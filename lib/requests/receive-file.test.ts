import { setImmediate as turns } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { csvOf, makeWorld, type World } from '../../tests/fakes/world.ts';
import { makeRequest, REQUEST_ID } from '../../tests/fakes/make-request.ts';
import { inputObject } from './keys.ts';
import { isDrop, receiveFile } from './receive-file.ts';
import type { Request } from './request.ts';

const CSV = csvOf([1, 2]);

/** The requests in the table, in order of their making. */
async function requestsIn({ table, requests }: World): Promise<Request[]> {
  const ids = [...table.items.values()].filter(({ sk }) => sk === 'REQUEST').map(({ requestId }) => String(requestId));
  return (await Promise.all(ids.map((id) => requests.get(id)))).filter((request) => request !== undefined);
}

describe('a dropped file', () => {
  test('becomes a request with the options of its metadata and the name of its object', async () => {
    const world = makeWorld();
    const metadata = { format: 'avif', webhookurl: 'https://caller.example/' };
    await receiveFile(world.data.arrive('incoming/drop/spring/new.csv', CSV, metadata), world.deps);
    expect(await requestsIn(world)).toMatchObject([
      {
        source: 'drop',
        status: 'PROCESSING',
        fileName: 'new.csv',
        owner: 'default',
        options: { format: 'avif' },
        webhookUrl: 'https://caller.example/',
      },
    ]);
    expect(world.queues.pages.sent).toHaveLength(2);
  });

  test('told twice is one request, whose pages are sent once', async () => {
    const world = makeWorld();
    const arrival = world.data.arrive('incoming/drop/a.csv', CSV);
    await receiveFile(arrival, world.deps);
    await receiveFile(arrival, world.deps);
    expect(await requestsIn(world)).toHaveLength(1);
    expect(world.queues.pages.sent).toHaveLength(2);
  });

  test('told twice at once is one request', async () => {
    const world = makeWorld();
    const arrival = world.data.arrive('incoming/drop/a.csv', CSV);
    await Promise.all([receiveFile(arrival, world.deps), receiveFile(arrival, world.deps)]);
    const requests = await requestsIn(world);
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ status: 'PROCESSING', totals: { pages: 2 } });
  });

  test('written again is another request', async () => {
    const world = makeWorld();
    await receiveFile(world.data.arrive('incoming/drop/a.csv', CSV), world.deps);
    await receiveFile({ ...world.data.arrive('incoming/drop/a.csv', csvOf([3])), version: '2' }, world.deps);
    expect((await requestsIn(world)).map(({ totals }) => totals?.images)).toEqual([3, 3]);
  });

  test('that was written again before its event came is left to the later event', async () => {
    const world = makeWorld();
    const early = world.data.arrive('incoming/drop/a.csv', CSV);
    const late = { ...world.data.arrive('incoming/drop/a.csv', csvOf([5])), version: '2' };
    await receiveFile(early, world.deps);
    expect(await requestsIn(world)).toEqual([]);
    await receiveFile(late, world.deps);
    expect((await requestsIn(world)).map(({ totals }) => totals?.images)).toEqual([5]);
  });

  test('is worked on from a copy: what is written afterwards changes nothing', async () => {
    const world = makeWorld();
    await receiveFile(world.data.arrive('incoming/drop/a.csv', CSV), world.deps);
    world.data.arrive('incoming/drop/a.csv', csvOf([9]));
    const [request] = await requestsIn(world);
    expect(world.data.text(inputObject(request!))).toBe(CSV.toString());
  });

  test('with bad metadata is FAILED, says why, and its webhook is promised', async () => {
    const world = makeWorld();
    const defaults = { ...world.deps.defaults, webhookUrl: 'https://ops.example/' };
    const metadata = { quality: '500', format: 'tiff', mtime: '1759687108.4' };
    await receiveFile(world.data.arrive('incoming/drop/a.csv', CSV, metadata), { ...world.deps, defaults });
    const [request] = await requestsIn(world);
    expect(request).toMatchObject({ status: 'FAILED', error: { code: 'invalid_options' } });
    expect(request!.error!.message).toMatch(/^format [^;]*; quality [^;]*$/);
    expect(request!.finishedAt).toBeDefined();
    expect(world.queues.webhooks.sent).toEqual([{ requestId: request!.requestId, generation: 1 }]);
    expect(world.queues.pages.sent).toEqual([]);
  });

  test('that can not be used is FAILED with the reason', async () => {
    const world = makeWorld();
    await receiveFile(world.data.arrive('incoming/drop/a.csv', Buffer.from('hello')), world.deps);
    expect(await requestsIn(world)).toMatchObject([{ status: 'FAILED', error: { code: 'no_header' } }]);
  });

  test.each(['put', 'head', 'copy', 'read', 'update', 'send'])(
    'is one whole request after its first try died behind a %s',
    async (call) => {
      let killed = false;
      const world = makeWorld({
        fault: (name, moment) => {
          if (killed || name !== call || moment !== 'after') return;
          killed = true;
          throw new Error('killed');
        },
      });
      const arrival = world.data.arrive('incoming/drop/a.csv', CSV);
      await expect(receiveFile(arrival, world.deps)).rejects.toThrow('killed');
      await receiveFile(arrival, world.deps);
      expect(await requestsIn(world)).toMatchObject([{ status: 'PROCESSING', totals: { products: 2 } }]);
      expect(new Set(world.queues.pages.sent.map(({ page }) => page))).toEqual(new Set([0, 1]));
    },
  );
});

describe('a presigned upload', () => {
  const waiting = makeRequest({
    ...{ status: 'AWAITING_FILE', source: 'upload', totals: undefined, plan: undefined, sealedGeneration: undefined },
    uploadUntil: '2025-10-05T18:58:28.000Z',
    expiresAt: 1,
  });
  const arriveIn = (world: World) => world.data.arrive(`incoming/upload/${REQUEST_ID}`, CSV);

  test('goes on when its file arrives, and lives as long as any request from then on', async () => {
    const world = makeWorld();
    await world.requests.create(waiting);
    const now = () => new Date('2025-10-05T18:30:00.000Z');
    await receiveFile(arriveIn(world), { ...world.deps, now });
    const request = await world.requests.get(REQUEST_ID);
    expect(request).toMatchObject({ status: 'PROCESSING', receivedAt: '2025-10-05T18:30:00.000Z' });
    expect(request!.expiresAt).toBe(now().getTime() / 1000 + 90 * 86_400);
    expect(world.queues.pages.sent).toHaveLength(2);
  });

  test('that arrives a second time changes nothing', async () => {
    const world = makeWorld();
    await world.requests.create(waiting);
    await receiveFile(arriveIn(world), world.deps);
    const other = world.data.arrive(`incoming/upload/${REQUEST_ID}`, csvOf([7]));
    await receiveFile(other, world.deps);
    expect(world.data.text(inputObject((await world.requests.get(REQUEST_ID))!))).toBe(CSV.toString());
    expect(world.queues.pages.sent).toHaveLength(2);
  });

  test('whose form is sent once more while the first file is copied is worked on from one of the two', async () => {
    const world = makeWorld();
    await world.requests.create(waiting);
    const copies = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const waitingCopies = copies.values();
    const copy: typeof world.data.copy = async (from, to) => {
      await world.data.copy(from, `${to}.part`);
      await waitingCopies.next().value?.promise;
      await world.data.copy({ key: `${to}.part`, eTag: (await world.data.head(`${to}.part`)).eTag }, to);
    };
    const data = Object.assign(Object.create(world.data) as typeof world.data, { copy });
    const first = receiveFile(arriveIn(world), { ...world.deps, data });
    await turns();
    const other = world.data.arrive(`incoming/upload/${REQUEST_ID}`, csvOf([7]));
    const second = receiveFile(other, { ...world.deps, data });
    await turns();
    copies[0]!.resolve(undefined);
    await first;
    copies[1]!.resolve(undefined);
    await second;
    const request = await world.requests.get(REQUEST_ID);
    expect(request).toMatchObject({ status: 'PROCESSING', totals: { products: 2 } });
    expect(world.data.text(inputObject(request!))).toBe(CSV.toString());
  });

  test('for a request that nobody made is left alone', async () => {
    const world = makeWorld();
    await receiveFile(arriveIn(world), world.deps);
    expect(world.table.items.size).toBe(0);
  });
});

test.each([
  ['incoming/drop/', false],
  ['incoming/drop/folder/', false],
  ['incoming/drop/folder/a.csv', true],
  ['incoming/upload/x', false],
  ['uploads/x.csv', false],
])('%s is a drop: %s', (key, expected) => {
  expect(isDrop({ bucket: 'data', key, eTag: '', version: '1' })).toBe(expected);
});

test.each(['incoming/drop/folder/', 'incoming/upload/notes.txt', 'somewhere/else.csv'])(
  '%s is no file of ours and leaves nothing',
  async (key) => {
    const world = makeWorld();
    await receiveFile(world.data.arrive(key, Buffer.alloc(0)), world.deps);
    expect(world.table.items.size).toBe(0);
    expect(world.data.stored.size).toBe(1);
  },
);
