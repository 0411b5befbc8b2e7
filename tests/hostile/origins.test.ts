import { getCACertificates, setDefaultCACertificates, type TlsOptions } from 'node:tls';
import { generate } from 'selfsigned';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { compressImage } from '../../lib/images/compress-image.ts';
import { createImageFetcher, type ImageFetcherOptions } from '../../lib/images/fetch-image.ts';
import { createByteGate } from '../../lib/images/gate.ts';
import { ImageError } from '../../lib/images/image-error.ts';
import { ImageOptions } from '../../lib/images/image-options.ts';
import { createOutbound } from '../../lib/outbound/outbound.ts';
import { compressPage } from '../../lib/requests/compress-page.ts';
import { RetryLater } from '../../lib/requests/retry-later.ts';
import { postWebhook, type WebhookAttempt } from '../../lib/webhooks/post-webhook.ts';
import { makeProduct, makeRequest, REQUEST_ID, RUN } from '../fakes/make-request.ts';
import { makeWorld } from '../fakes/world.ts';
import { answer, flood, head, say, startFaultServer, type Fault, type FaultServerOptions } from './fault-server.ts';
import { BOMBS } from './origins-bodies.ts';
import { CONNECTIONS_PER_HOST, MAX_BYTES, NOW, PNG } from './origins-case.ts';
import {
  classes,
  CROWD,
  HOSTS,
  KEPT,
  MEMORY,
  ORIGIN_CLASSES,
  PAGES,
  RECEIVERS,
  TLS_CLASSES,
  type TlsFault,
} from './origins.cases.ts';
import { pageDelivery } from '../fakes/page-delivery.ts';

const outbound = createOutbound({
  allowedHosts: ['127.0.0.1'],
  ports: [443],
  userAgent: 'Rowpress-Test/1',
  connectTimeoutMs: 10_000,
  headersTimeoutMs: 20_000,
  connectionsPerHost: CONNECTIONS_PER_HOST,
});
afterAll(() => outbound.close());

/** No test here may take longer than this, whatever the server does. */
const BOUND_MS = 30_000;
/** How many cases of each class were tried. */
const tally = new Map<string, number>();
const tried = (input: string, cases = 1) => tally.set(input, (tally.get(input) ?? 0) + cases);

const never = new AbortController().signal;
const options = ImageOptions.parse({});

/** What fetches from a faulty server without waiting between its tries, and what it would have waited. */
async function against(
  fault: Fault,
  { timeoutMs = 10_000, ...serverOptions }: FaultServerOptions & { timeoutMs?: number | undefined } = {},
) {
  const server = await startFaultServer(fault, serverOptions);
  const reserve = createByteGate(4 * MAX_BYTES);
  const waits: number[] = [];
  const fetchOptions: ImageFetcherOptions = {
    outbound,
    reserve,
    maxBytes: MAX_BYTES,
    timeoutMs,
    connectionsPerHost: CONNECTIONS_PER_HOST,
    random: () => 0.5,
    now: () => NOW,
    sleep: (ms) => Promise.resolve(void waits.push(ms)),
  };
  const fetchImage = createImageFetcher(fetchOptions);
  const host = `${serverOptions.tls || serverOptions.greet ? 'https' : 'http'}://127.0.0.1:${server.port}`;
  return {
    host,
    seen: server.seen,
    paths: server.paths,
    waits,
    fetchImage,
    /** How the image at this path ends, fetched and compressed. */
    ends: async (path = '/a.png'): Promise<string> => {
      try {
        using image = await fetchImage(host + path, never);
        await compressImage(image.bytes, options, { maxPixels: 1_000_000 });
        return 'image';
      } catch (error) {
        if (error instanceof ImageError) return error.code;
        throw error;
      }
    },
    /** Waits for ever when bytes were reserved and not given back. */
    allGivenBack: async () => (await reserve(4 * MAX_BYTES)).release(),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

describe.each(ORIGIN_CLASSES)('$input', ({ input, ends, requests, timeoutMs, waits, faults }) => {
  it.each(Object.entries(faults))(
    `is ${ends}: %s`,
    async (_name, fault) => {
      await using origin = await against(fault, { timeoutMs });
      expect({ ends: await origin.ends(), requests: origin.seen.requests }).toEqual({ ends, requests });
      if (waits) expect(origin.waits).toEqual(waits);
      expect(origin.seen.atOnce).toBeLessThanOrEqual(CONNECTIONS_PER_HOST);
      await origin.allGivenBack();
      tried(input);
    },
    BOUND_MS,
  );
});

describe.each(TLS_CLASSES)('$input', ({ input, ends, requests, timeoutMs, faults }) => {
  const trusted = getCACertificates();
  afterEach(() => setDefaultCACertificates(trusted));

  it.each(Object.entries(faults))(
    `is ${ends}: %s`,
    async (_name, fault) => {
      const { instead } = fault;
      const server = instead ? { greet: greetings[instead] } : { tls: await certified(fault) };
      await using origin = await against(say(answer(PNG)), { ...server, timeoutMs });
      expect({ ends: await origin.ends(), connections: origin.seen.connections }).toEqual({
        ends,
        connections: requests,
      });
      await origin.allGivenBack();
      tried(input);
    },
    BOUND_MS,
  );
});

type Greeting = NonNullable<FaultServerOptions['greet']>;
const greetings: Record<NonNullable<TlsFault['instead']>, Greeting> = {
  silence: () => true,
  reset: (socket) => !!socket.once('data', () => socket.resetAndDestroy()),
  close: (socket) => !!socket.once('data', () => socket.end()),
  garbage: (socket) => !!socket.once('data', () => socket.write(Buffer.alloc(500, 0xee))),
  'plain HTTP': (socket) => !!socket.once('data', () => socket.write(answer('no TLS', {}, '400 Bad Request'))),
};

async function certified({ certificate = {}, protocol }: TlsFault): Promise<TlsOptions> {
  const { trusted = true, days = [-1, 10], ip = '127.0.0.1' } = certificate;
  const [notBeforeDate, notAfterDate] = days.map((day) => new Date(Date.now() + day * 86_400_000));
  const made = await generate([{ name: 'commonName', value: ip }], {
    ...(notBeforeDate && { notBeforeDate }),
    ...(notAfterDate && { notAfterDate }),
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip }] }],
  });
  if (trusted) setDefaultCACertificates([made.cert]);
  const outdated = protocol && ({ minVersion: protocol, maxVersion: protocol, ciphers: 'DEFAULT@SECLEVEL=0' } as const);
  return { key: made.private, cert: made.cert, ...outdated };
}

describe(KEPT.input, () => {
  it.each(Object.entries(KEPT.faults))(
    'costs nothing but another request: %s',
    async (_name, fault) => {
      await using origin = await against(fault);
      expect([await origin.ends('/1.png'), await origin.ends('/2.png')]).toEqual(['image', 'image']);
      expect(origin.paths.get('/1.png')).toBe(1);
      expect(origin.paths.get('/2.png')).toBeLessThanOrEqual(2);
      tried(KEPT.input);
    },
    BOUND_MS,
  );
});

it(
  `${MEMORY.input}: memory stays flat`,
  async () => {
    const encodings = Object.keys(BOMBS) as (keyof typeof BOMBS)[];
    for (const encoding of encodings) BOMBS[encoding]();
    await using origin = await against((exchange) => {
      const encoding = encodings[exchange.nth % 4];
      if (encoding === undefined) flood(head(), Buffer.alloc(65_536))(exchange);
      else exchange.socket.write(answer(BOMBS[encoding](), { 'Content-Encoding': encoding }));
    });
    const atStart = Math.max(40, MEMORY.cases / 5); // zlib and the allocator take what they need once
    let before = 0;
    let most = 0;
    for (let n = 0; n < MEMORY.cases; n += 8) {
      const endings = await Promise.all(Array.from({ length: 8 }, (_, at) => origin.ends(`/${n + at}.png`)));
      expect(new Set(endings)).toEqual(new Set([MEMORY.ends]));
      most = Math.max(most, process.memoryUsage().rss);
      if (n < atStart) before = most;
    }
    await origin.allGivenBack();
    tried(MEMORY.input, origin.seen.requests);
    console.log(`memory over ${MEMORY.cases} bombs: ${Math.round((most - before) / 1e6)} MB more than after the first`);
    expect(most - before).toBeLessThan(100e6);
  },
  10 * BOUND_MS,
);

describe(RECEIVERS.input, () => {
  it.each(ORIGIN_CLASSES)(
    `is asked once, and judged by its status alone: $input`,
    async ({ timeoutMs = 10_000, faults }) => {
      for (const [name, fault] of Object.entries(faults)) {
        await using receiver = await against(fault);
        const webhook = { url: `${receiver.host}/hook`, id: 'msg_1', payload: '{}', timestamp: NOW / 1000, secrets };
        const attempt = await postWebhook(webhook, { outbound, timeoutMs, clock: () => NOW });
        const { requests } = receiver.seen;
        expect({ name, requests, ...attempt }).toMatchObject({ name, requests: 1, ...judged(attempt) });
        tried(RECEIVERS.input);
      }
    },
    10 * BOUND_MS,
  );
});

const secrets = [`whsec_${Buffer.alloc(32, 'k').toString('base64')}`];

function judged({ statusCode }: WebhookAttempt): Partial<WebhookAttempt> {
  if (statusCode === null)
    return { outcome: 'retry', error: expect.stringMatching(/^(timeout|connect_error|http_error)$/) };
  if (statusCode < 300) return { outcome: 'delivered', error: null };
  if (statusCode < 400) return { outcome: 'retry', error: 'redirected' };
  return statusCode === 410 ? { outcome: 'gone', error: 'gone' } : { outcome: 'retry', error: 'http_error' };
}

describe.each(PAGES)('$input', ({ input, status, retryAfter, tries, pause }) => {
  it('leaves what is fetched alone', async () => {
    const failing = '/0/1.png';
    let failures = 0;
    await using origin = await against(({ socket, path }) => {
      if (path !== failing || failures++ >= tries) socket.write(answer(PNG));
      else socket.write(answer('', { 'Retry-After': retryAfter }, `${status} Later`));
    });
    const world = makeWorld();
    await world.requests.create(makeRequest());
    const products = [0, 1].map((index) => ({
      ...makeProduct(index),
      imageUrls: [0, 1, 2].map((slot) => `${origin.host}/${index}/${slot}.png`),
    }));
    const message = { requestId: REQUEST_ID, generation: 1, page: 0, pagesInGroup: 1, products, again: false };
    const deliver = (attempt: number) =>
      compressPage(message, pageDelivery(attempt), { ...world.deps, fetchImage: origin.fetchImage });

    const later = await deliver(1).catch((error: unknown) => error);
    expect(later).toBeInstanceOf(RetryLater);
    expect(later).toMatchObject({ seconds: pause });
    await deliver(2);
    const asked = products.flatMap(({ imageUrls }) => imageUrls.map((url) => new URL(url).pathname));
    expect(Object.fromEntries(origin.paths)).toEqual(
      Object.fromEntries(asked.map((path) => [path, path === failing ? tries + 1 : 1])),
    );
    const settled = (await world.pages.get(RUN, 0))?.products.values() ?? [];
    expect([...settled].map((product) => product.status)).toEqual(['COMPLETED', 'COMPLETED']);
    expect(world.images.stored.size).toBe(6);
    tried(input);
  });
});

describe.each(HOSTS)('$input', ({ input, first }) => {
  it(`opens no more than ${CONNECTIONS_PER_HOST} connections at once`, async () => {
    const known = new Set<string>();
    let active = 0;
    let most = 0;
    await using origin = await against(({ socket, path }) => {
      const isFirst = !known.has(path);
      known.add(path);
      most = Math.max(most, ++active);
      // Long enough for the others to come, were they let.
      setTimeout(() => {
        active--;
        if (first === 'close') socket.end(answer(PNG, { Connection: 'close' }));
        else if (first === '429' && isFirst) socket.write(answer('', { 'Retry-After': 1 }, '429 Too Many Requests'));
        else if (first === 'reset' && isFirst) socket.resetAndDestroy();
        else socket.write(answer(PNG));
      }, 10);
    });
    const endings = await Promise.all(Array.from({ length: 40 }, (_, at) => origin.ends(`/${at}.png`)));
    expect(new Set(endings)).toEqual(new Set(['image']));
    expect(most).toBeLessThanOrEqual(CONNECTIONS_PER_HOST);
    expect(new Set(origin.paths.values())).toEqual(new Set([first === '429' || first === 'reset' ? 2 : 1]));
    if (first === '' || first === '429') expect(origin.seen.connections).toBeLessThanOrEqual(CONNECTIONS_PER_HOST);
    tried(input);
  });
});

it(`${CROWD.input}: share ${CONNECTIONS_PER_HOST} connections`, async () => {
  await using target = await against(({ socket }) => setTimeout(() => socket.write(answer(PNG)), 10));
  await using opened = new AsyncDisposableStack();
  const shops = await Promise.all(Array.from({ length: CROWD.cases }, () => against(say(redirect(target.host)))));
  for (const shop of shops) opened.use(shop);
  const endings = await Promise.all(shops.flatMap((shop) => ['/1.png', '/2.png', '/3.png'].map(shop.ends)));
  expect(new Set(endings)).toEqual(new Set(['image']));
  expect(target.seen).toMatchObject({ requests: endings.length, atOnce: CONNECTIONS_PER_HOST });
  tried(CROWD.input, shops.length);
});

const redirect = (to: string) => answer('', { Location: `${to}/b.png` }, '302 Found');

it('has tried exactly the cases that its list gives', () => {
  expect(Object.fromEntries(tally)).toEqual(Object.fromEntries(classes.map(({ input, cases }) => [input, cases])));
});
