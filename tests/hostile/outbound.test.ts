import type { LookupAddress } from 'node:dns';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createImageFetcher } from '../../lib/images/fetch-image.ts';
import { createByteGate } from '../../lib/images/gate.ts';
import { ImageError } from '../../lib/images/image-error.ts';
import { isPublicAddress } from '../../lib/outbound/address.ts';
import { createOutbound } from '../../lib/outbound/outbound.ts';
import { ALLOWED_ADDRESSES, DENIED_ADDRESSES } from '../../lib/outbound/test-addresses.ts';
import { startServer } from '../../lib/outbound/test-server.ts';
import { postWebhook } from '../../lib/webhooks/post-webhook.ts';
import { seededRandom } from '../fakes/seeded-random.ts';
import {
  classes,
  GENERATED,
  OUTBOUND_CLASSES,
  RANDOM_ADDRESSES,
  WEBHOOK_REDIRECTS,
  type OutboundCase,
} from './outbound.cases.ts';
import { seed } from './hostile-class.ts';
import { forbiddenListeners, placeOf, watchDials } from './outbound-dials.ts';
import { isDenied } from './outbound-oracle.ts';
import { randomUrl } from './outbound-spellings.ts';

/** How many cases of each class were tried. */
const tally = new Map<string, number>();
const add = (input: string, cases = 1) => tally.set(input, (tally.get(input) ?? 0) + cases);

const ENDINGS = ['blocked_url', 'invalid_url', 'unsupported_scheme', 'http_error', 'connect_error'];

const dials = await watchDials();
const forbidden = await forbiddenListeners();

const STATUSES = [301, 302, 303, 307, 308];
let target = '';
let redirected = 0;
const redirector = await startServer(({ url, socket }) => {
  const hopsLeft = Number(url?.slice(1)) - 1;
  const location = hopsLeft > 0 ? `/${hopsLeft}` : target;
  const status = STATUSES[redirected++ % STATUSES.length]!;
  // By hand, since Node sends no header with the characters that some of the targets have.
  socket.write(`HTTP/1.1 ${status} Moved\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
});
const redirectTo = (url: string, hops = 1): string => {
  target = url;
  return `http://127.0.0.1:${redirector.port}/${hops}`;
};

let answers: string[][] = [];
const resolve = (): Promise<LookupAddress[]> => {
  const next = answers.shift();
  if (!next) return Promise.reject(new Error('there was nothing to look up'));
  return Promise.resolve(next.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
};

const outbound = createOutbound(
  {
    allowedHosts: [`127.0.0.1:${redirector.port}`],
    ports: [80, 443, forbidden.port],
    userAgent: 'Rowpress-Test/1',
    connectTimeoutMs: 2000,
    headersTimeoutMs: 2000,
    connectionsPerHost: 4,
  },
  resolve,
);
afterAll(async () => {
  dials[Symbol.dispose]();
  forbidden[Symbol.dispose]();
  await outbound.close();
  await redirector[Symbol.asyncDispose]();
});
afterEach(() => expect(forbidden.connections()).toBe(0));

const fetchImage = createImageFetcher({
  outbound,
  reserve: createByteGate(1_000_000),
  maxBytes: 1_000_000,
  timeoutMs: 2000,
  connectionsPerHost: 4,
  tries: 1,
});

const secrets = [`whsec_${Buffer.alloc(32, 'k').toString('base64')}`];

async function codeOfImage(url: string): Promise<string> {
  try {
    using image = await fetchImage(url, AbortSignal.timeout(5000));
    return `an image of ${image.bytes.length} bytes`;
  } catch (error) {
    if (error instanceof ImageError) return error.code;
    throw error;
  }
}

async function attemptWebhook(url: string) {
  const webhook = { url, id: 'msg_1', payload: '{}', timestamp: 1_767_225_600, secrets };
  return await postWebhook(webhook, { outbound, timeoutMs: 2000, clock: Date.now });
}

const WAYS = {
  image: codeOfImage,
  redirect: (url: string) => codeOfImage(redirectTo(url)),
  'fifth redirect': (url: string) => codeOfImage(redirectTo(url, 5)),
  webhook: async (url: string) => {
    const { outcome, error } = await attemptWebhook(url);
    return outcome === (error === 'connect_error' ? 'retry' : 'gone') ? error : outcome;
  },
};

/** Dials but those of the redirects themselves. */
const dialledSince = () => dials.take().filter((place) => place !== `127.0.0.1:${redirector.port}`);

async function run(way: keyof typeof WAYS, { url, ...rest }: OutboundCase) {
  answers = [...(rest.answers ?? [])];
  const times = Math.max(1, answers.length);
  let code: string | null = null;
  for (let time = 0; time < times; time++) code = await WAYS[way](url.replaceAll('PORT', String(forbidden.port)));
  return { url, code, dialled: dialledSince(), lookedUp: (rest.answers ?? []).length - answers.length };
}

describe.each(OUTBOUND_CLASSES)('$way: $input', ({ input, way, code, tried }) => {
  it(`ends with ${code}, all ${tried.length} of them`, async () => {
    redirected = 0;
    for (const one of tried) {
      const dialled = (one.dialled ?? []).map((place) => place.replace('PORT', String(forbidden.port)));
      expect(await run(way, one)).toEqual({ url: one.url, code, dialled, lookedUp: one.answers?.length ?? 0 });
    }
    expect(redirected).toBe(tried.length * (way === 'redirect' ? 1 : way === 'fifth redirect' ? 5 : 0));
    add(input, tried.length);
  });
});

it(`${WEBHOOK_REDIRECTS.input}: is not followed`, async () => {
  redirected = 0;
  for (const ip of DENIED_ADDRESSES) {
    const attempt = await attemptWebhook(redirectTo(`http://${placeOf(ip, forbidden.port)}/`));
    expect(attempt).toMatchObject({ outcome: 'retry', error: 'redirected' });
  }
  expect(dialledSince()).toEqual([]);
  add(WEBHOOK_REDIRECTS.input, redirected);
});

it(`${GENERATED.input}: none gets through (seed ${seed})`, async () => {
  const random = seededRandom(seed);
  const endings = new Map<string, number>();
  for (let n = 0; n < GENERATED.cases; n++) {
    const url = randomUrl(random, DENIED_ADDRESSES, forbidden.port);
    answers = [[random.pick(DENIED_ADDRESSES)]];
    const code = await WAYS[random.pick(['image', 'image', 'redirect', 'webhook'] as const)](url);
    const wrong = dialledSince().filter((place) => isDenied(place.replace(/\[?([^\]]*?)\]?:\d+$/, '$1')));
    expect({ url, wrong }).toEqual({ url, wrong: [] });
    expect(ENDINGS).toContain(code);
    endings.set(String(code), (endings.get(String(code)) ?? 0) + 1);
    add(GENERATED.input);
  }
  console.log(`generated URLs: ${JSON.stringify(Object.fromEntries(endings))} (seed ${seed})`);
});

it(`${RANDOM_ADDRESSES.input}: are judged as by another reading of the rules (seed ${seed})`, () => {
  const random = seededRandom(seed);
  const known = [...DENIED_ADDRESSES, ...ALLOWED_ADDRESSES];
  for (let n = 0; n < RANDOM_ADDRESSES.cases; n++) {
    const parts = random.pick(known).split(/(?<=[.:])|(?=[.:])/);
    const at = random.whole(0, parts.length - 1);
    const part = parts[at]!;
    if (/^\d+$/.test(part) && parts.includes('.') && !parts.includes(':')) parts[at] = String(random.whole(0, 255));
    else if (/^[0-9a-f]+$/.test(part) && !parts.includes('.')) parts[at] = random.whole(0, 0xffff).toString(16);
    const ip = parts.join('');
    expect({ ip, isPublic: isPublicAddress(ip) }).toEqual({ ip, isPublic: !isDenied(ip) });
    add(RANDOM_ADDRESSES.input);
  }
});

it('has tried exactly the cases that its list gives', () => {
  expect(Object.fromEntries(tally)).toEqual(Object.fromEntries(classes.map(({ input, cases }) => [input, cases])));
});
