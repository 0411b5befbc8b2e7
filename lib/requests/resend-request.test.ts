import { describe, expect, test } from 'vitest';
import { beginJourney } from '../../tests/fakes/journey.ts';
import { makeRequest, REQUEST_ID } from '../../tests/fakes/make-request.ts';
import { makeWorld } from '../../tests/fakes/world.ts';
import { handleIngest } from './handle-ingest.ts';
import type { Request } from './request.ts';

const message = { kind: 'resend', requestId: REQUEST_ID } as const;
const run = { requestId: REQUEST_ID, generation: 1 };

/** Uploaded; the messages are in the test's hand. */
async function uploaded(images: number[], troubles = {}) {
  const journey = await beginJourney(images, troubles);
  const { queues, deliver } = journey;
  queues.ingest.sent.length = 0;
  return {
    ...journey,
    pages: queues.pages.sent.splice(0),
    /** Asks for a resend and gives the numbers of the pages that were sent by it. */
    resend: async () => {
      await deliver.ingest(message);
      return queues.pages.sent.splice(0).map(({ page }) => page);
    },
  };
}

test('pages that are not full are sent again, as they were but for the word that they were sent before', async () => {
  const { pages, deliver, queues } = await uploaded([1, 2, 1]);
  await deliver.page(pages[1]!);
  await deliver.ingest(message);
  expect(queues.pages.sent).toEqual([pages[0], pages[2]].map((page) => ({ ...page, again: true })));
});

test('a page that is full but unknown to its group is sent again', async () => {
  let dying = true;
  const fault = (call: string, moment: string) => {
    if (dying && call === 'update' && moment === 'after' && ++updates === 2) throw new Error('killed');
  };
  let updates = 0;
  const journey = await beginJourney([1], {}, { fault });
  const [page] = journey.queues.pages.sent.splice(0);
  await expect(journey.deliver.page(page!)).rejects.toThrow('killed');
  dying = false;
  await journey.deliver.ingest(message);
  expect(journey.queues.pages.sent).toHaveLength(1);
  await journey.deliver.all();
  expect((await journey.request()).status).toBe('COMPLETED');
});

test('of groups that are counted nothing is sent, of one that is full but not counted its pages are', async () => {
  const { pages, deliver, resend, table, request } = await uploaded(Array.from({ length: 250 }, () => 1));
  expect(pages).toHaveLength(84);
  for (const page of pages.slice(1)) await deliver.page(page);
  expect(await resend()).toEqual([0]);
  await deliver.page(pages[0]!);
  expect(await resend()).toEqual([]);
  const item = table.items.get(`REQ#${REQUEST_ID} REQUEST`)!;
  item.fullGroups = new Set();
  expect((await resend()).length).toBe(84);
  await deliver.page(pages[5]!);
  expect((await request()).fullGroups).toEqual(new Set([0]));
});

test('only the group that lacks a page is looked through, behind the first hundred pages too', async () => {
  const { pages, deliver, resend } = await uploaded([...Array.from({ length: 101 }, () => 1), 40, 40, 40]);
  const last = pages.at(-1)!;
  for (const page of pages) if (page.page !== 3 && page.page !== last.page) await deliver.page(page);
  expect(await resend()).toEqual([3, last.page].toSorted((a, b) => a - b));
});

test('in a retry, the pages of the retry', async () => {
  const { pages, deliver, resend, retry, queues, hosts } = await uploaded([1, 1, 1], {
    '/0/': 'not_found',
    '/2/': 'not_found',
  });
  for (const page of pages) await deliver.page(page);
  await deliver.all();
  await retry();
  delete hosts['/0/'];
  await deliver.ingest(queues.ingest.sent.splice(0)[0]!);
  const [first] = queues.pages.sent.splice(0);
  expect(await resend()).toEqual([0, 2]);
  await deliver.page(first!);
  await deliver.ingest(message);
  expect(queues.pages.sent).toMatchObject([{ page: 2, generation: 2, pagesInGroup: 2, again: true }]);
});

describe('besides pages', () => {
  const lost = async (fields: Partial<Request>) => {
    const world = makeWorld();
    await world.requests.create(makeRequest({ webhookUrl: 'https://caller.example/', ...fields }));
    await handleIngest(message, world.deps);
    const { ingest, pages, finish, webhooks } = world.queues;
    return { ingest: ingest.sent, pages: pages.sent, finish: finish.sent, webhooks: webhooks.sent };
  };
  const nothing = { ingest: [], pages: [], finish: [], webhooks: [] };
  const settled = { fullGroups: new Set([0]) };

  test.each<[string, Partial<Request>, object]>([
    ['the finish of a settled request', settled, { finish: [run] }],
    ['the finish that died on its way', { ...settled, status: 'FINISHING' }, { finish: [run] }],
    ['the webhook of an ended one', { ...settled, status: 'COMPLETED' }, { webhooks: [run] }],
    ['the webhook of one that failed', { status: 'FAILED' }, { webhooks: [run] }],
    [
      'the round of a redelivery',
      { ...settled, status: 'COMPLETED', webhookRound: 3 },
      { webhooks: [{ ...run, round: 3 }] },
    ],
    ['nothing once the caller was told', { ...settled, status: 'COMPLETED', webhookStatus: 'delivered' }, {}],
    ['nothing while its file has not come', { status: 'AWAITING_FILE' }, {}],
  ])('%s is sent', async (_name, fields, sent) => {
    expect(await lost(fields)).toEqual({ ...nothing, ...sent });
  });

  test('nothing for a request that is gone', async () => {
    const world = makeWorld();
    await handleIngest(message, world.deps);
    expect(world.table.items.size).toBe(0);
  });
});

test('an ingest that had only begun is done from its beginning', async () => {
  const { table, resend, request } = await uploaded([1, 1]);
  Object.assign(table.items.get(`REQ#${REQUEST_ID} REQUEST`)!, { status: 'RECEIVED' });
  Reflect.deleteProperty(table.items.get(`REQ#${REQUEST_ID} REQUEST`)!, 'sealedGeneration');
  expect(await resend()).toEqual([0, 1]);
  expect((await request()).status).toBe('PROCESSING');
});

test('sent again although nothing was lost, everything ends as if it had not been', async () => {
  const [once, often] = [
    await beginJourney([1, 2, 3], { '/1/': 'timeout' }),
    await beginJourney([1, 2, 3], { '/1/': 'timeout' }),
  ];
  await once.deliver.all();
  for (let waiting = often.deliver.takeAll(); waiting.length > 0; waiting = often.deliver.takeAll()) {
    for (const one of waiting) {
      await one.deliver(9);
      if ((await often.request()).status !== 'COMPLETED_WITH_ERRORS') await often.deliver.ingest(message);
    }
  }
  const { finishedAt, ...request } = await often.request();
  expect(finishedAt).toBeDefined();
  const { counts, status } = await once.request();
  expect(request).toMatchObject({ counts, status });
  expect(await often.records()).toEqual(await once.records());
});
