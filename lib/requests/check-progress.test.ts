import { describe, expect, test } from 'vitest';
import { checkWorld, itemName, SETTLED, START, WEBHOOK, type CheckWorld } from '../../tests/fakes/check-world.ts';
import { makeRequest, REQUEST_ID, RUN } from '../../tests/fakes/make-request.ts';
import { checkProgress } from './check-progress.ts';
import type { Request } from './request.ts';

const resend = (requestId = REQUEST_ID) => ({ kind: 'resend', requestId });

describe('a request without progress', () => {
  test.each<[string, Partial<Request>, string]>([
    ['whose CSV is to be read', { status: 'RECEIVED', totals: undefined, sealedGeneration: undefined }, 'ingest'],
    ['whose pages are being sent', { status: 'RECEIVED', sealedGeneration: undefined }, 'ingest'],
    ['whose pages are being worked on', { status: 'PROCESSING' }, 'pages'],
    ['that is to be finished', { status: 'PROCESSING', ...SETTLED }, 'finish'],
    ['whose result is being written', { status: 'FINISHING', ...SETTLED }, 'finish'],
  ])('%s is reported after half an hour, and what it waits for is sent again', async (_name, fields, waitsFor) => {
    const world = checkWorld();
    await world.requests.create(makeRequest(fields));
    expect(await world.check()).toEqual({ checked: 1, stalled: 0, failed: 0, reports: [] });
    world.pass(29);
    expect(await world.check()).toMatchObject({ stalled: 0 });
    expect(world.resent()).toEqual([]);
    world.pass(1);
    const report = { requestId: REQUEST_ID, waitsFor, since: START, resent: true };
    expect(await world.check()).toEqual({ checked: 1, stalled: 1, failed: 0, reports: [report] });
    expect(world.resent()).toEqual([resend()]);
  });

  test('is reported by every check, but what it waits for is sent after twice the time, and again, up to daily', async () => {
    const world = checkWorld();
    await world.requests.create(makeRequest());
    await world.check();
    const sent: number[] = [];
    for (let minute = 15; minute <= 84 * 60; minute += 15) {
      world.pass(15);
      expect(await world.check()).toMatchObject({ stalled: minute >= 30 ? 1 : 0 });
      if (world.resent().length > 0) sent.push(minute);
    }
    expect(sent).toEqual([30, 60, 120, 240, 480, 960, 1920, 1920 + 24 * 60, 1920 + 48 * 60]);
  });

  test('that has not told its caller is given 13 hours, longer than any pause between attempts', async () => {
    const world = checkWorld();
    await world.requests.create(makeRequest({ status: 'COMPLETED', ...SETTLED, ...WEBHOOK }));
    await world.check();
    world.pass(13 * 60 - 1);
    expect(await world.check()).toMatchObject({ stalled: 0 });
    world.pass(1);
    expect((await world.check()).reports).toMatchObject([{ waitsFor: 'webhook', since: START }]);
    expect(world.resent()).toEqual([resend()]);
  });
});

describe('progress', () => {
  const steps: [string, Partial<Request>, (world: CheckWorld) => Promise<unknown>][] = [
    [
      'a plan',
      { status: 'RECEIVED', totals: undefined, sealedGeneration: undefined },
      ({ requests }) =>
        requests.plan(REQUEST_ID, {
          totals: { products: 2, images: 3, pages: 1, groups: 1, rejectedRows: 0 },
          plan: { imagesPerPage: 40, productsPerPage: 25 },
        }),
    ],
    [
      'another status',
      { status: 'RECEIVED', sealedGeneration: undefined },
      ({ requests }) => requests.seal(RUN, { at: START }),
    ],
    [
      'a full page in a group that is not full',
      {},
      ({ pages }) => pages.addFullPage(RUN, { page: 0, counts: { productsFailed: 1 }, expiresAt: 4_102_444_800 }),
    ],
    ['a full group', {}, ({ requests }) => requests.addGroup(RUN, 0, { productsPartial: 1 })],
    [
      'an attempt to deliver the webhook',
      { status: 'COMPLETED', ...SETTLED, ...WEBHOOK },
      async ({ requests }) =>
        requests.recordDelivery(makeRequest(), {
          generation: 1,
          round: 1,
          attempt: 1,
          at: START,
          durationMs: 1,
          statusCode: 500,
          error: null,
          retryAt: null,
        }),
    ],
  ];

  test.each(steps)('is %s: from then on the request has its time again', async (_name, fields, step) => {
    const world = checkWorld();
    await world.requests.create(makeRequest(fields));
    await world.check();
    world.pass(24 * 60);
    expect(await step(world)).not.toBe(undefined);
    expect(await world.check()).toMatchObject({ checked: 1, stalled: 0 });
    world.pass(15);
    expect(await world.check()).toMatchObject({ checked: 1, stalled: 0 });
    expect(world.resent()).toEqual([]);
  });

  test('costs one write for each check, and a request that stands still costs none', async () => {
    const world = checkWorld();
    await world.requests.create(makeRequest());
    const writes = async () => {
      world.calls.length = 0;
      await world.check();
      return world.calls.filter((call) => call === 'update' || call === 'put').length;
    };
    expect(await writes()).toBe(1);
    world.pass(15);
    expect(await writes()).toBe(0);
    await world.requests.addGroup(RUN, 0, { productsCompleted: 2 });
    expect(await writes()).toBe(1);
  });
});

const idOf = (number: number) => `01K6XJ5T3N8Z4QW2V7YBCDE${String(number).padStart(3, '0')}`;

describe('many requests', () => {
  test('are all checked, and one that can not be read holds up none of them', async () => {
    const world = checkWorld();
    for (let at = 0; at < 60; at++) await world.requests.create(makeRequest({ requestId: idOf(at) }));
    Reflect.deleteProperty(world.table.items.get(itemName(idOf(30)))!, 'limits');
    await world.check();
    world.pass(30);
    expect(await world.check()).toMatchObject({ checked: 60, stalled: 59, failed: 1 });
    expect(world.failures.map(([requestId]) => requestId)).toEqual([idOf(30), idOf(30)]);
    const expected = Array.from({ length: 60 }, (_, at) => idOf(at)).filter((id) => id !== idOf(30));
    expect(world.resent().map(({ requestId }) => requestId)).toEqual(expected);
  });

  test('a check that runs out of time ends, and the next one goes on where it was', async () => {
    const world = checkWorld();
    for (let at = 0; at < 60; at++) await world.requests.create(makeRequest({ requestId: idOf(at) }));
    world.deps.hasTime = () => false;
    const checked = [];
    for (let turn = 0; turn < 4; turn++) checked.push((await world.check()).checked);
    expect(checked).toEqual([25, 25, 10, 25]);
    const seen = [...world.table.items.values()].filter((item) => 'seenMark' in item);
    expect(seen).toHaveLength(60);
    world.deps.hasTime = () => true;
    expect(await world.check()).toMatchObject({ checked: 35 });
    expect(await world.check()).toMatchObject({ checked: 60 });
  });
});

describe('a check that is disturbed', () => {
  test('and dies between sending and noting it sends once more at the next time', async () => {
    let dying = false;
    const world = checkWorld({
      fault: (call, moment) => {
        if (dying && call === 'send' && moment === 'after') throw new Error('killed');
      },
    });
    await world.requests.create(makeRequest());
    await world.check();
    world.pass(30);
    dying = true;
    expect(await world.check()).toMatchObject({ stalled: 0, failed: 1 });
    dying = false;
    world.pass(15);
    expect(await world.check()).toMatchObject({ stalled: 1, reports: [{ resent: true }] });
    expect(world.resent()).toEqual([resend(), resend()]);
    world.pass(15);
    expect(await world.check()).toMatchObject({ stalled: 1, reports: [{ resent: true }] });
  });

  test('by another one at the same time notes one sending, not two', async () => {
    const world = checkWorld();
    await world.requests.create(makeRequest());
    await world.check();
    world.pass(30);
    await Promise.all([checkProgress(world.deps), checkProgress(world.deps)]);
    expect(world.table.items.get(itemName())).toMatchObject({ resends: 1 });
  });
});
