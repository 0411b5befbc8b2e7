import { answer, say, sayAndEnd, sayAndReset, type Fault } from './fault-server.ts';
import { count, type HostileClass } from './hostile-class.ts';
import { OTHER_ANSWERS } from './origins-answers.ts';
import { ODD_BODIES } from './origins-bodies.ts';
import { CONNECTIONS_PER_HOST, PNG, SILENT_MS, type OriginClass } from './origins-case.ts';
import { BROKEN_CONNECTIONS } from './origins-connections.ts';

export const ORIGIN_CLASSES: OriginClass[] = [...BROKEN_CONNECTIONS, ...ODD_BODIES, ...OTHER_ANSWERS];

export type TlsFault = {
  /** Of a certificate for 127.0.0.1 that is trusted, but for what is said here. */
  certificate?: { trusted?: boolean; days?: [from: number, to: number]; ip?: string };
  protocol?: 'TLSv1.1';
  /** Instead of a handshake. */
  instead?: 'reset' | 'silence' | 'plain HTTP' | 'garbage' | 'close';
};
type TlsClass = Pick<OriginClass, 'input' | 'ends' | 'requests' | 'timeoutMs'> & { faults: Record<string, TlsFault> };

export const TLS_CLASSES: TlsClass[] = [
  {
    input:
      'TLS with a certificate that is self-signed, expired, not valid yet or another host’s; outdated TLS; no TLS at all',
    ends: 'tls_error',
    requests: 1,
    faults: {
      'self-signed': { certificate: { trusted: false } },
      expired: { certificate: { days: [-20, -10] } },
      'not valid yet': { certificate: { days: [10, 20] } },
      'of another host': { certificate: { ip: '127.0.0.9' } },
      'TLS 1.1': { protocol: 'TLSv1.1' },
      'plain HTTP': { instead: 'plain HTTP' },
      garbage: { instead: 'garbage' },
    },
  },
  {
    input: 'a TLS handshake that is reset or closed',
    ends: 'connect_error',
    requests: 3,
    faults: { reset: { instead: 'reset' }, closed: { instead: 'close' } },
  },
  {
    input: 'a TLS handshake that is never answered',
    ends: 'timeout',
    requests: 1,
    timeoutMs: SILENT_MS,
    faults: { silence: { instead: 'silence' } },
  },
  { input: 'TLS as it should be', ends: 'image', requests: 1, faults: { trusted: {} } },
];

/** What happens to a kept connection after its first, proper answer. */
export const KEPT: { input: string; faults: Record<string, Fault> } = {
  input: 'a kept connection that is reset, closed or talked on between two images or under the second one',
  faults: {
    'reset under the next request': ({ socket, nthOnSocket }) =>
      nthOnSocket === 1 ? socket.write(answer(PNG)) : socket.resetAndDestroy(),
    'closed under the next request': ({ socket, nthOnSocket }) =>
      nthOnSocket === 1 ? socket.write(answer(PNG)) : socket.end(),
    'closed in between': sayAndEnd(answer(PNG)),
    'reset in between': sayAndReset(answer(PNG)),
    'a second answer nobody asked for': say(answer(PNG), answer('Not an image', {}, '404 Not Found')),
    'garbage after the answer': say(answer(PNG), Buffer.alloc(100, 0xee)),
  },
};

export const MEMORY: HostileClass = {
  area: 'origins',
  input: 'bombs (gzip, deflate, brotli) and endless bodies, eight at once',
  ends: 'too_large',
  bound: 'after the first ones the process grows by less than 100 MB',
  cases: count(200, 2_000),
};

export const RECEIVERS: HostileClass = {
  area: 'origins',
  input: 'a webhook’s receiver that does any of what image servers do here',
  ends: 'delivered, tried again or given up, by the status alone',
  bound: 'one request per attempt; no more of the answer than its status is waited for',
  cases: ORIGIN_CLASSES.reduce((sum, { faults }) => sum + Object.keys(faults).length, 0),
};

export const PAGES = [
  {
    input: 'one image of a page that fails first and is tried again with the page',
    status: 503,
    retryAfter: '',
    tries: 3,
    pause: 15,
  },
  {
    input: 'one image that fails first by a Retry-After of a minute',
    status: 429,
    retryAfter: '60',
    tries: 1,
    pause: 60,
  },
  {
    input: 'one image that fails first by a Retry-After of 30 years',
    status: 503,
    retryAfter: '999999999',
    tries: 1,
    pause: 900,
  },
];

export const HOSTS = [
  { input: '40 images of one host, at once', first: '' },
  { input: '40 images of one host that closes each connection', first: 'close' },
  { input: '40 images of one host that answers each first with 429 and Retry-After', first: '429' },
  { input: '40 images of one host that resets each first request', first: 'reset' },
] as const;

/** Each of so many hosts redirects three images to the same other host. */
export const CROWD: HostileClass = {
  area: 'origins',
  input: 'images of many hosts that all redirect to one',
  ends: 'image',
  bound: `${CONNECTIONS_PER_HOST} connections at once`,
  cases: 10,
};

const times = (requests: number) => (requests === 1 ? 'one request' : `${requests} requests`);

export const classes: HostileClass[] = [
  ...[...ORIGIN_CLASSES, ...TLS_CLASSES].map(({ input, ends, requests, timeoutMs, faults }) => ({
    area: 'origins',
    input,
    ends,
    bound: times(requests) + (timeoutMs === undefined ? '' : ', ended by the time limit'),
    cases: Object.keys(faults).length,
  })),
  {
    area: 'origins',
    input: KEPT.input,
    ends: 'image',
    bound: 'one more request',
    cases: Object.keys(KEPT.faults).length,
  },
  RECEIVERS,
  MEMORY,
  ...PAGES.map(({ input, tries, pause }) => ({
    area: 'origins',
    input,
    ends: 'image',
    bound: `the others are asked for once, it ${tries + 1} times; the page comes again after ${pause} s`,
    cases: 1,
  })),
  ...HOSTS.map(({ input }) => ({
    area: 'origins',
    input,
    ends: 'image',
    bound: `${CONNECTIONS_PER_HOST} connections at once`,
    cases: 1,
  })),
  CROWD,
];
