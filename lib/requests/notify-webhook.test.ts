import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { makeRequest, REQUEST_ID } from '../../tests/fakes/make-request.ts';
import { makeWorld } from '../../tests/fakes/world.ts';
import { OutboundError } from '../outbound/outbound-error.ts';
import type { OutboundRequest } from '../outbound/outbound.ts';
import { buryWebhook } from './bury-messages.ts';
import { linksUnder } from './links.ts';
import { notifyWebhook, type NotifyDeps } from './notify-webhook.ts';
import type { Request } from './request.ts';
import type { RetryLater } from './retry-later.ts';
import { webhookPayload } from './webhook-payload.ts';

type Answer = { status: number; headers?: Record<string, string> } | OutboundError;

const message = { requestId: REQUEST_ID, generation: 1 };
const links = linksUnder('https://api.example');
const ended = {
  status: 'COMPLETED',
  finishedAt: '2025-10-05T18:00:00.000Z',
  webhookUrl: 'https://caller.example/?key=1',
};

async function prepare(answers: Answer[], fields: Partial<Request> = {}) {
  const world = makeWorld();
  await world.requests.create(makeRequest({ ...(ended as Partial<Request>), ...fields }));
  const posted: OutboundRequest[] = [];
  let clock = Date.parse('2025-10-05T18:00:01.000Z');
  const deps: NotifyDeps = {
    requests: world.requests,
    links,
    secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    retrySeconds: [5, 300],
    random: () => 0.5,
    now: () => new Date(clock),
    post: {
      timeoutMs: 1_000,
      clock: () => 0,
      outbound: {
        close: () => Promise.resolve(),
        request: (request) => {
          posted.push(request);
          const answer = answers[posted.length - 1] ?? { status: 500 };
          if (answer instanceof OutboundError) return Promise.reject(answer);
          const { status, headers = {} } = answer;
          return Promise.resolve({
            status,
            headers,
            url: request.url,
            body: Readable.from([]),
            discard: () => Promise.resolve(),
          });
        },
      },
    },
  };
  const request = async () => (await world.requests.get(REQUEST_ID))!;
  const pass = (seconds: number) => void (clock += seconds * 1000);
  return { deps, posted, request, pass, deliveries: () => world.requests.deliveries(REQUEST_ID) };
}

test('a delivered webhook is recorded and ends the delivery', async () => {
  const { deps, posted, request, deliveries } = await prepare([{ status: 204 }]);
  await notifyWebhook(message, deps);
  expect(posted).toMatchObject([{ method: 'POST', url: ended.webhookUrl, maxRedirects: 0 }]);
  expect((await request()).webhookStatus).toBe('delivered');
  expect(await deliveries()).toEqual([
    {
      generation: 1,
      round: 1,
      attempt: 1,
      at: '2025-10-05T18:00:01.000Z',
      durationMs: 0,
      statusCode: 204,
      error: null,
      retryAt: null,
    },
  ]);
});

test.each<[string, Answer, number]>([
  ['an error of the receiver', { status: 500 }, 5],
  ['a redirect', { status: 302, headers: { location: 'https://other.example/' } }, 5],
  ['a receiver that asks for more time', { status: 503, headers: { 'retry-after': '120' } }, 120],
  ['a receiver that does not answer', new OutboundError('timeout', 'The server took too long.'), 5],
])('%s asks for the message again', async (_name, answer, seconds) => {
  const { deps, request, deliveries } = await prepare([answer]);
  await expect(notifyWebhook(message, deps)).rejects.toMatchObject({ name: 'RetryLater', seconds });
  expect((await request()).webhookStatus).toBeUndefined();
  expect(await deliveries()).toHaveLength(1);
});

test('attempts carry one id and the same bytes, each with its own time and signature', async () => {
  const { deps, posted, pass } = await prepare([{ status: 500 }, { status: 200 }]);
  await expect(notifyWebhook(message, deps)).rejects.toThrow();
  pass(5);
  await notifyWebhook(message, deps);
  const [first, second] = posted.map(({ headers }) => headers!);
  expect(first!['webhook-id']).toBe(`msg_${REQUEST_ID}_1`);
  expect(second!['webhook-id']).toBe(first!['webhook-id']);
  expect(second!['webhook-timestamp']).not.toBe(first!['webhook-timestamp']);
  expect(second!['webhook-signature']).not.toBe(first!['webhook-signature']);
  expect(posted[1]!.body).toBe(posted[0]!.body);
});

test.each<[string, Answer]>([
  ['410 Gone', { status: 410 }],
  ['an address that may not be called', new OutboundError('blocked_url', 'no')],
])('%s ends the delivery as failed at once', async (_name, answer) => {
  const { deps, request, deliveries } = await prepare([answer]);
  await notifyWebhook(message, deps);
  expect((await request()).webhookStatus).toBe('failed');
  expect(await deliveries()).toHaveLength(1);
});

test('killed between the record and the end, a delivered webhook is ended without another post', async () => {
  const { deps, posted, request, deliveries } = await prepare([{ status: 200 }]);
  const endDelivery = () => Promise.reject(new Error('killed'));
  const dying = { ...deps, requests: { ...deps.requests, endDelivery } };
  await expect(notifyWebhook(message, dying)).rejects.toThrow('killed');
  await notifyWebhook(message, deps);
  expect((await request()).webhookStatus).toBe('delivered');
  expect([posted.length, (await deliveries()).length]).toEqual([1, 1]);
});

test('killed between the record of the last attempt and the end, a webhook that is not wanted is not posted again', async () => {
  const { deps, posted, request } = await prepare([{ status: 410 }]);
  const endDelivery = () => Promise.reject(new Error('killed'));
  const dying = { ...deps, requests: { ...deps.requests, endDelivery } };
  await expect(notifyWebhook(message, dying)).rejects.toThrow('killed');
  await notifyWebhook(message, deps);
  expect([posted.length, (await request()).webhookStatus]).toEqual([1, 'failed']);
});

test('an attempt that was logged before there were pauses in the log is followed by the next one', async () => {
  const { deps, posted, request } = await prepare([{ status: 200 }]);
  const older = { generation: 1, round: 1, attempt: 1, at: ended.finishedAt, durationMs: 1 };
  await deps.requests.recordDelivery(await request(), { ...older, statusCode: 500, error: 'http_error' });
  await notifyWebhook(message, deps);
  expect([posted.length, (await request()).webhookStatus]).toEqual([1, 'delivered']);
});

test('the delivery ends as failed when the attempts are used up', async () => {
  const { deps, posted, request, deliveries, pass } = await prepare([]);
  await expect(notifyWebhook(message, deps)).rejects.toMatchObject({ seconds: 5 });
  pass(5);
  await expect(notifyWebhook(message, deps)).rejects.toMatchObject({ seconds: 300 });
  pass(300);
  await notifyWebhook(message, deps);
  expect((await request()).webhookStatus).toBe('failed');
  expect((await deliveries()).map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  await notifyWebhook(message, deps);
  expect(posted).toHaveLength(3);
});

test('a message that comes before the next attempt is due waits until behind it, and nobody is called', async () => {
  const { deps, posted, pass, deliveries } = await prepare([{ status: 503, headers: { 'retry-after': '120' } }]);
  await expect(notifyWebhook(message, deps)).rejects.toMatchObject({ seconds: 120 });
  pass(20.5);
  await expect(notifyWebhook(message, deps)).rejects.toMatchObject({ name: 'RetryLater', seconds: 100 + 30 });
  expect([posted.length, (await deliveries()).length]).toEqual([1, 1]);
});

test('of two messages that promise the same one makes the attempts, and the other comes behind each of them', async () => {
  const { deps, posted, pass, deliveries } = await prepare([]);
  const due = [0, 0];
  for (let now = 0, next = 0; next < Infinity; next = Math.min(...due)) {
    pass(next - now);
    now = next;
    const deliver = async (at: number) => {
      due[at] = await notifyWebhook(message, deps).then(
        () => Infinity,
        (error: unknown) => now + (error as RetryLater).seconds,
      );
    };
    await Promise.all(due.flatMap((time, at) => (time === now ? [deliver(at)] : [])));
  }
  expect((await deliveries()).map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  // Only the first was made by both, at the same moment.
  expect(posted).toHaveLength(4);
});

test('of two that make the same attempt at once, one that was taken is logged whatever the other met', async () => {
  const { deps, posted, request, deliveries } = await prepare([{ status: 500 }, { status: 200 }]);
  const { promise: bothPosted, resolve } = Promise.withResolvers<undefined>();
  const recordDelivery: typeof deps.requests.recordDelivery = async (...args) => {
    if (posted.length === 2) resolve(undefined);
    await bothPosted;
    return await deps.requests.recordDelivery(...args);
  };
  const together = { ...deps, requests: { ...deps.requests, recordDelivery } };
  const [refused, taken] = [notifyWebhook(message, together), notifyWebhook(message, together)];
  await expect(refused).rejects.toMatchObject({ seconds: 5 });
  await taken;
  expect((await request()).webhookStatus).toBe('delivered');
  expect((await deliveries()).map(({ attempt, statusCode }) => [attempt, statusCode])).toEqual([
    [1, 500],
    [2, 200],
  ]);
});

describe('a redelivery', () => {
  const again = { ...message, round: 2 };
  const attempts = [{ status: 410 }, { status: 500 }, { status: 500 }, { status: 200 }];

  async function prepareEnded(fields: Partial<Request> = {}) {
    const prepared = await prepare(attempts, fields);
    await notifyWebhook(message, prepared.deps);
    return prepared;
  }

  const roundOf = async (request: () => Promise<Request>) => {
    const { webhookRound, webhookStatus } = await request();
    return [webhookRound, webhookStatus];
  };

  test('begins its round itself when it comes before the write that does, and has a whole schedule of its own', async () => {
    const { deps, posted, request, deliveries, pass } = await prepareEnded();
    await expect(notifyWebhook(again, deps)).rejects.toMatchObject({ seconds: 5 });
    expect(await roundOf(request)).toEqual([2, undefined]);
    pass(5);
    await expect(notifyWebhook(again, deps)).rejects.toMatchObject({ seconds: 300 });
    pass(300);
    await notifyWebhook(again, deps);
    expect(await roundOf(request)).toEqual([2, 'delivered']);
    expect((await deliveries()).map(({ round, attempt, statusCode }) => [round, attempt, statusCode])).toEqual([
      [1, 1, 410],
      [2, 2, 500],
      [2, 3, 500],
      [2, 4, 200],
    ]);
    expect(new Set(posted.map(({ headers }) => headers!['webhook-id']))).toEqual(new Set([`msg_${REQUEST_ID}_1`]));
  });

  test('makes the messages of its earlier round worthless', async () => {
    const { deps, posted, request } = await prepareEnded();
    await deps.requests.startRound(await request());
    await notifyWebhook(message, deps);
    await buryWebhook(message, deps.requests);
    expect(posted).toHaveLength(1);
    expect((await request()).webhookStatus).toBeUndefined();
  });

  test('is not ended by an attempt of the round before it that took long', async () => {
    const { deps, request } = await prepare([{ status: 200 }, { status: 500 }]);
    const endDelivery: typeof deps.requests.endDelivery = async (...args) => {
      await deps.requests.endDelivery(...args);
      await deps.requests.startRound(await request());
      return await deps.requests.endDelivery(...args);
    };
    await notifyWebhook(message, { ...deps, requests: { ...deps.requests, endDelivery } });
    expect(await roundOf(request)).toEqual([2, undefined]);
  });
});

describe('nobody is called', () => {
  test.each<[string, Partial<Request>]>([
    ['before the request has ended', { status: 'FINISHING' }],
    ['when there is no webhook', { webhookUrl: undefined }],
    ['after the delivery has ended', { webhookStatus: 'delivered' }],
    ['for an earlier generation', { generation: 2 }],
    ['for an earlier round', { webhookRound: 2 }],
  ])('%s', async (_name, fields) => {
    const { deps, posted } = await prepare([], fields);
    await notifyWebhook(message, deps);
    expect(posted).toEqual([]);
  });

  test('for a request that is gone', async () => {
    const { deps, posted } = await prepare([]);
    await notifyWebhook({ requestId: '01K6XJ5T3N8Z4QW2V7YBCDEFGJ', generation: 1 }, deps);
    expect(posted).toEqual([]);
  });
});

test.each<[Request['status'], string]>([
  ['COMPLETED', 'request.completed'],
  ['COMPLETED_WITH_ERRORS', 'request.completed_with_errors'],
  ['FAILED', 'request.failed'],
  ['CANCELLED', 'request.cancelled'],
])('a %s request is told as %s, at the time of its end', (status, type) => {
  const payload = webhookPayload(makeRequest({ ...(ended as Partial<Request>), status }), links);
  expect(payload).toMatchObject({ type, timestamp: ended.finishedAt, data: { status, requestId: REQUEST_ID } });
});

test('an unfinished request has nothing to tell', () => {
  expect(() => webhookPayload(makeRequest(), links)).toThrow('nothing to tell');
});

test('the payload stays under 20 kB, whatever the request holds', () => {
  const codes = Array.from({ length: 30 }, (_, code) => [`error_some_quite_long_code_${code}`, 1_000_000]);
  const payload = webhookPayload(
    makeRequest({
      status: 'FAILED',
      fileName: 'ü'.repeat(1_024),
      counts: Object.fromEntries(codes),
      error: { code: 'invalid_options', message: 'x'.repeat(4_000) },
    }),
    links,
  );
  expect(Buffer.byteLength(JSON.stringify(payload))).toBeLessThan(20_000);
});
