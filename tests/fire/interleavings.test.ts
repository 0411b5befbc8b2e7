import fc from 'fast-check';
import assert from 'node:assert/strict';
import { expect, test } from 'vitest';
import { buryFinish, buryIngest } from '../../lib/requests/bury-messages.ts';
import { handleIngest } from '../../lib/requests/handle-ingest.ts';
import { inputObject } from '../../lib/requests/keys.ts';
import type { PageMessage } from '../../lib/requests/messages.ts';
import { Problem } from '../../lib/requests/problem.ts';
import { checkAtRest } from '../fakes/check-at-rest.ts';
import { beginJourney, type Troubles } from '../fakes/journey.ts';
import { makeProduct, makeRequest, REQUEST_ID } from '../fakes/make-request.ts';
import { csvOf } from '../fakes/world.ts';
import { writeRules } from '../fakes/write-rules.ts';
import { long } from '../hostile/hostile-class.ts';
import { firstSeed } from './seeds.ts';

/**
 * A scheduler decides at every call of a store which of several works at once goes on. A failure prints the seed, the
 * path and the order in which the calls were made: FIRE_SEED=<seed> FIRE_PATH=<path> and `-t <name>` repeat it.
 */
const RUNS = Number(process.env.FIRE_RUNS ?? (long ? 20_000 : 2_000));
const { FIRE_PATH: path } = process.env;

/** Interleavings of a quarter of all runs, where it is not the end of a request's last images. */
const SOME = Math.ceil(RUNS / 4);

async function tryAll<T>(
  runs: number,
  what: fc.Arbitrary<T>,
  story: (scheduler: fc.Scheduler, what: T) => Promise<void>,
) {
  const property = fc.asyncProperty(fc.scheduler(), what, story);
  await fc.assert(property, { numRuns: runs, seed: firstSeed, ...(path !== undefined && { path }) });
}

/** A journey all of whose calls are scheduled while `atOnce` runs. */
async function scheduled(scheduler: fc.Scheduler, images: readonly number[], troubles: Troubles = {}) {
  const rules = writeRules();
  let isScheduled = false;
  const fault = async (call: string, moment: string) => {
    if (isScheduled && moment === 'before') await scheduler.schedule(Promise.resolve(), call);
  };
  const journey = await beginJourney(images, troubles, { fault, watch: rules.watch });
  return {
    ...journey,
    rules,
    /** Gives what came of each, with the codes of problems in the place of those. */
    atOnce: async (works: readonly (() => Promise<unknown>)[]): Promise<unknown[]> => {
      isScheduled = true;
      const running = works.map((work) => work().catch(codeOf));
      const ended = await scheduler.waitFor(Promise.all(running));
      isScheduled = false;
      return ended;
    },
    atRest: async (): Promise<readonly string[]> => {
      await journey.deliver.all();
      await checkAtRest(REQUEST_ID, { world: journey, rules, imagesPerProduct: images });
      return rules.endsOf(REQUEST_ID);
    },
  };
}

function codeOf(error: unknown): string {
  if (error instanceof Problem) return error.code;
  throw error;
}

const products = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 2, maxLength: 4 });

test(`the last images arrive at once: one end, exact counts (${RUNS} interleavings of seed ${firstSeed})`, async () => {
  const finishes = new Set<number>();
  const all = fc.record({ images: products, doubled: fc.nat({ max: 3 }), ahead: fc.nat({ max: 2 }) });
  await tryAll(RUNS, all, async (scheduler, { images, doubled, ahead }) => {
    const { queues, deliver, atOnce, atRest } = await scheduled(scheduler, images, { '/1/0': 'not_found' });
    queues.ingest.sent.length = 0;
    const pages = queues.pages.sent.splice(0);
    for (const page of pages.splice(0, Math.min(ahead, pages.length - 1))) await deliver.page(page);
    const twice = pages[doubled];
    await atOnce([...pages, ...(twice ? [twice] : [])].map((page) => () => deliver.page(page)));
    const messages = queues.finish.sent.splice(0);
    finishes.add(messages.length);
    assert.ok(messages.length > 0, 'whoever was the last sends the finish message');
    await atOnce(messages.map((message) => () => deliver.finish(message)));
    assert.equal((await atRest()).length, 1);
  });
  // Else nothing was ever at once.
  if (RUNS >= 2_000 && path === undefined) expect(finishes.size).toBeGreaterThan(1);
});

test(`the last pages of two groups arrive at once (${SOME} interleavings)`, async () => {
  await tryAll(SOME, fc.boolean(), async (scheduler, doubled) => {
    const { requests, data, table, queues, deliver, atOnce, atRest } = await scheduled(scheduler, [1, 1, 1]);
    table.items.clear();
    Object.values(queues).forEach(({ sent }) => (sent.length = 0));
    const totals = { products: 3, images: 3, pages: 201, groups: 3, rejectedRows: 0 };
    await requests.create(makeRequest({ totals, webhookUrl: 'https://caller.example/' }));
    await data.put(inputObject({ requestId: REQUEST_ID }), csvOf([1, 1, 1]), { contentType: 'text/csv' });
    const pages = [0, 100, 200].map((page, index): PageMessage => ({
      ...{ requestId: REQUEST_ID, generation: 1, page, pagesInGroup: 1, again: false },
      products: [makeProduct(index)],
    }));
    await atOnce([...pages, ...pages.slice(0, Number(doubled))].map((page) => () => deliver.page(page)));
    assert.ok(queues.finish.sent.length > 0);
    const ends = await atRest();
    assert.deepEqual(ends, ['1 COMPLETED']);
  });
});

test(`a cancellation, the last pages and the seal (${SOME} interleavings)`, async () => {
  const left = new Set<unknown>();
  await tryAll(SOME, products, async (scheduler, images) => {
    const { queues, deliver, table, cancel, request, atOnce, atRest } = await scheduled(scheduler, images);
    // The upload died before it sealed; its insurance goes on with it.
    const item = table.items.get(`REQ#${REQUEST_ID} REQUEST`)!;
    item.status = 'RECEIVED';
    Reflect.deleteProperty(item, 'sealedGeneration');
    const pages = queues.pages.sent.splice(0);
    const [answer] = await atOnce([
      cancel,
      () => deliver.ingest({ kind: 'ingest', requestId: REQUEST_ID }),
      ...pages.map((page) => () => deliver.page(page)),
    ]);
    assert.notEqual(answer, 'already_ended');
    assert.deepEqual(await atRest(), ['1 CANCELLED']);
    left.add((await request()).counts.error_cancelled);
  });
  // Sometimes it comes before all of them, sometimes between, sometimes behind.
  if (SOME >= 500 && path === undefined) expect(left.size).toBeGreaterThan(2);
});

test(`the finish and a cancellation: either comes first, and both agree on which (${SOME} interleavings)`, async () => {
  const seen = new Set<string>();
  await tryAll(SOME, products, async (scheduler, images) => {
    const { queues, deliver, cancel, atOnce, atRest } = await scheduled(scheduler, images);
    for (const page of queues.pages.sent.splice(0)) await deliver.page(page);
    const [message] = queues.finish.sent.splice(0);
    const [answer] = await atOnce([cancel, () => deliver.finish(message!), () => deliver.finish(message!)]);
    const [end = ''] = await atRest();
    assert.equal(end === '1 CANCELLED', answer !== 'already_ended');
    seen.add(end);
  });
  if (SOME >= 500 && path === undefined)
    expect([...seen].sort()).toEqual(['1 CANCELLED', '1 COMPLETED', '1 COMPLETED_WITH_ERRORS']);
});

test(`two finishes and the burial of one: one end, and a result if there is one (${SOME} interleavings)`, async () => {
  await tryAll(SOME, fc.tuple(products, fc.boolean()), async (scheduler, [images, buried]) => {
    const { queues, deliver, deps, atOnce, atRest } = await scheduled(scheduler, images, { '/1/0': 'not_found' });
    for (const page of queues.pages.sent.splice(0)) await deliver.page(page);
    const message = queues.finish.sent.splice(0)[0]!;
    const finish = () => deliver.finish(message);
    await atOnce([finish, finish, ...(buried ? [() => buryFinish(message, deps)] : [])]);
    const ends = await atRest();
    assert.equal(ends.length, 1);
    if (!buried) assert.match(ends[0]!, /COMPLETED/);
  });
});

test(`a retry, its message, and what comes late of the run before (${SOME} interleavings)`, async () => {
  await tryAll(SOME, products, async (scheduler, images) => {
    const journey = await scheduled(scheduler, [...images, 1], { [`/${images.length}/0`]: 'not_found' });
    const { queues, deliver, hosts, retry, atOnce } = journey;
    const late = structuredClone(queues.pages.sent.slice(-2));
    await deliver.all();
    Reflect.deleteProperty(hosts, `/${images.length}/0`);
    const [answer] = await atOnce([
      retry,
      () => deliver.ingest({ kind: 'retry', requestId: REQUEST_ID, generation: 2 }),
      () => deliver.ingest({ kind: 'ingest', requestId: REQUEST_ID }),
      () => deliver.finish({ requestId: REQUEST_ID, generation: 1 }),
      // The first pages are worked on while the others are planned and sent.
      async () => {
        for (let looks = 0; looks < 12; looks++) {
          await scheduler.schedule(Promise.resolve(), 'look for pages');
          for (const page of queues.pages.sent.splice(0)) await deliver.page(page);
        }
      },
      ...late.map((page) => () => deliver.page(page, 2)),
    ]);
    assert.ok(answer === 'not_finished' || (answer as { generation: number }).generation === 2);
    assert.deepEqual(
      (await journey.atRest()).map((end) => end.split(' ')[0]),
      ['1', '2'],
    );
    // The retried page once more, with everything else that a retry had sent.
    assert.equal((await journey.request()).counts.imagesFailed, undefined);
  });
});

test(`two retries with different codes, and their messages (${SOME} interleavings)`, async () => {
  await tryAll(SOME, fc.boolean(), async (scheduler, byMessage) => {
    const journey = await scheduled(scheduler, [1, 1, 1], { '/0/': 'not_found', '/1/': 'forbidden' });
    const { deliver, retry, atOnce, hosts } = journey;
    await deliver.all();
    const [one, other] = [['not_found'], ['forbidden']];
    delete hosts['/0/'];
    delete hosts['/1/'];
    const message = { kind: 'retry' as const, requestId: REQUEST_ID, generation: 2, codes: other };
    const answers = await atOnce([
      () => retry({ codes: one }),
      () => retry({ codes: other }),
      ...(byMessage ? [() => deliver.ingest(message)] : []),
    ]);
    // When the message opens the run before either looks, both are.
    const refused = answers.filter((answer) => answer === 'not_finished').length;
    assert.ok(refused === 1 || (byMessage && refused === 2), 'one of two is refused');
    const ends = await journey.atRest();
    assert.deepEqual(ends, ['1 COMPLETED_WITH_ERRORS', '2 COMPLETED_WITH_ERRORS']);
    const { retry: wish, counts } = await journey.request();
    const left = wish?.codes?.[0] === 'not_found' ? 'error_forbidden' : 'error_not_found';
    assert.deepEqual([counts.imagesFailed, counts[left]], [1, 1]);
  });
});

test(`a page of a retry that is given up, and the retry after it (${SOME} interleavings)`, async () => {
  const troubles = { '/0/': 'not_found', '/1/': 'not_found' } as const;
  await tryAll(SOME, fc.boolean(), async (scheduler, mended) => {
    const journey = await scheduled(scheduler, [1, 1, 1], troubles);
    const { deliver, retry, queues, deps, hosts, atOnce } = journey;
    await deliver.all();
    await retry();
    // It was planned and died among its pages.
    const [message] = queues.ingest.sent.splice(0);
    const sendAll = async ([page]: readonly PageMessage[]) => {
      if (page) await queues.pages.send(page);
      throw new Error('killed');
    };
    const pagesQueue = Object.assign(Object.create(queues.pages) as typeof queues.pages, { sendAll });
    await assert.rejects(handleIngest(message!, { ...deps, pagesQueue }), /killed/);
    const [page] = queues.pages.sent.splice(0);
    if (mended) delete hosts['/0/'];
    await atOnce([
      () => deliver.page(page!),
      async () => {
        await buryIngest(message!, deps);
        await retry();
        await deliver.ingest(queues.ingest.sent.splice(0)[0]!);
      },
    ]);
    const ends = await journey.atRest();
    assert.deepEqual(ends.slice(0, 2), ['1 COMPLETED_WITH_ERRORS', '2 FAILED']);
    assert.match(ends[2] ?? '', /^3 COMPLETED/);
  });
});
