import type { LookupAddress } from 'node:dns';
import type { Socket } from 'node:net';
import { answer, drip, flood, head, say, sayAndEnd, sayAndReset, type Fault } from '../hostile/fault-server.ts';

/** One state that a receiver stays in, and what comes of it. */
export type ReceiverState = {
  name: string;
  answer?: Fault;
  /** Has the connection before anything is read. */
  greet?: (socket: Socket) => boolean;
  tls?: 'self-signed';
  /** Instead of the receiver's own address. */
  url?: string;
  /** What the log has of each attempt. */
  logged: { statusCode: number | null; error: string | null };
  /** `failed` after the whole schedule; `gone` is failed, too, but at once. */
  ends: 'delivered' | 'failed' | 'gone';
  /** Seconds for which it asks to be left alone. */
  asks?: number;
  /** Its time is over as soon as it has the request. */
  isSilent?: boolean;
};

const ANSWERS: Record<number, string> = { 429: 'Too Many Requests', 503: 'Service Unavailable' };
const status = (code: number, headers: Record<string, string> = {}): Fault =>
  say(answer('a secret of the receiver', headers, `${code} ${ANSWERS[code] ?? 'Some Reason'}`));

const taken = (code: number): ReceiverState => ({
  name: `answers ${code}`,
  answer: code === 204 ? say(head({}, '204 No Content')) : status(code),
  logged: { statusCode: code, error: null },
  ends: 'delivered',
});
const redirects = (code: number): ReceiverState => ({
  name: `redirects by ${code} to an address that would take it`,
  answer: status(code, { Location: '/elsewhere' }),
  logged: { statusCode: code, error: 'redirected' },
  ends: 'failed',
});
const refuses = (code: number): ReceiverState => ({
  name: `answers ${code}`,
  answer: status(code),
  logged: { statusCode: code, error: 'http_error' },
  ends: 'failed',
});
const asksFor = (code: number, words: string, header: string | (() => string), asks: number): ReceiverState => ({
  name: `answers ${code} and asks for ${words}`,
  answer: (exchange) => status(code, { 'Retry-After': typeof header === 'string' ? header : header() })(exchange),
  logged: { statusCode: code, error: 'http_error' },
  ends: 'failed',
  asks,
});
const breaks = (name: string, fault: Fault, error = 'connect_error'): ReceiverState => ({
  name,
  answer: fault,
  logged: { statusCode: null, error },
  ends: 'failed',
});
const isSilent = (name: string, fault: Fault): ReceiverState => ({ ...breaks(name, fault, 'timeout'), isSilent: true });
const inSeconds = (seconds: number) => () => new Date(Date.now() + seconds * 1000).toUTCString();

const DAY = 86_400;

const ANSWERING: ReceiverState[] = [
  ...[200, 201, 202, 204, 299].map(taken),
  ...[300, 301, 302, 303, 304, 307, 308].map(redirects),
  ...[400, 401, 403, 404, 405, 408, 409, 413, 415, 418, 422, 425, 429, 451].map(refuses),
  ...[500, 501, 502, 503, 504, 520, 599].map(refuses),
  {
    name: 'answers 410',
    answer: status(410),
    logged: { statusCode: 410, error: 'gone' },
    ends: 'gone',
  },
];

const ASKING: ReceiverState[] = [
  asksFor(429, 'a second', '1', 1),
  asksFor(429, 'ten minutes', '600', 600),
  asksFor(503, 'three hours, as a date', inSeconds(10_800), 10_800),
  asksFor(503, 'yesterday', inSeconds(-DAY), 0),
  asksFor(429, 'exactly twelve hours', '43200', 43_000),
  asksFor(429, 'a month', String(30 * DAY), 43_000),
  asksFor(503, 'a year, as a date', inSeconds(365 * DAY), 43_000),
  asksFor(429, '30 years', '999999999', 43_000),
  asksFor(429, 'longer than there is a number for', '9'.repeat(400), 0),
  asksFor(429, 'less than nothing', '-600', 0),
  asksFor(429, 'half a minute and a bit', '30.5', 0),
  asksFor(429, 'something else', 'after lunch', 0),
  asksFor(429, 'two things', '600, 900', 0),
  asksFor(500, 'ten minutes with any other error', '600', 600),
];

const BREAKING: ReceiverState[] = [
  breaks('resets the connection instead of an answer', ({ socket }) => socket.resetAndDestroy()),
  breaks('closes the connection instead of an answer', ({ socket }) => socket.end()),
  breaks('breaks off within its headers', sayAndReset('HTTP/1.1 200 OK\r\nContent-Le')),
  breaks('answers garbage', say(Buffer.alloc(300, 0xee)), 'http_error'),
  breaks('answers like an FTP server', say('220 ready\r\n'), 'http_error'),
  breaks('sends headers without end', flood('HTTP/1.1 200 OK\r\n', `x-filler: ${'x'.repeat(1_000)}\r\n`), 'http_error'),
  isSilent('never answers', () => undefined),
  isSilent('drips its headers', drip('HTTP/1.1 200 OK\r\n', 'x: y\r\n')),
  isSilent('says that it goes on, and does not', say('HTTP/1.1 103 Early Hints\r\n\r\n')),
  {
    name: 'resets the connection before it reads',
    greet: (socket) => socket.resetAndDestroy().destroyed,
    logged: { statusCode: null, error: 'connect_error' },
    ends: 'failed',
  },
  {
    name: 'has a certificate that nobody trusts',
    tls: 'self-signed',
    logged: { statusCode: null, error: 'tls_error' },
    ends: 'failed',
  },
  {
    name: 'takes it, with a body without end',
    answer: flood(head({ 'Transfer-Encoding': 'chunked' }), `400\r\n${'x'.repeat(1_024)}\r\n`),
    logged: { statusCode: 200, error: null },
    ends: 'delivered',
  },
  {
    name: 'takes it, with a body that drips',
    answer: drip(head({ 'Content-Length': 1_000_000 }), 'x'),
    logged: { statusCode: 200, error: null },
    ends: 'delivered',
  },
  {
    name: 'takes it, and breaks off within the body',
    answer: sayAndReset(head({ 'Content-Length': 1_000 }), 'x'),
    logged: { statusCode: 200, error: null },
    ends: 'delivered',
  },
  {
    name: 'takes it, after early hints',
    answer: sayAndEnd('HTTP/1.1 103 Early Hints\r\n\r\n', answer('')),
    logged: { statusCode: 200, error: null },
    ends: 'delivered',
  },
  {
    name: 'fails, with a body without end',
    answer: flood(head({ 'Transfer-Encoding': 'chunked' }, '500 Oh'), `400\r\n${'x'.repeat(1_024)}\r\n`),
    logged: { statusCode: 500, error: 'http_error' },
    ends: 'failed',
  },
];

const elsewhere = (name: string, url: string, error: string, ends: ReceiverState['ends']): ReceiverState => ({
  name,
  url,
  logged: { statusCode: null, error },
  ends,
});

const UNREACHABLE: ReceiverState[] = [
  // The discard port: nothing listens there on a test machine, and nothing can be started there by chance.
  elsewhere('is not there', 'http://127.0.0.1:9/hook', 'connect_error', 'failed'),
  elsewhere('has a name that does not exist', 'https://gone.example/hook', 'dns_error', 'failed'),
  elsewhere('has a name server in trouble', 'https://trouble.example/hook', 'dns_error', 'failed'),
  elsewhere('has a private address', 'http://10.0.0.1/hook', 'blocked_url', 'gone'),
  elsewhere('is the metadata service', 'http://169.254.169.254/latest', 'blocked_url', 'gone'),
  elsewhere('has a name for a private address', 'http://inside.example/hook', 'blocked_url', 'gone'),
  elsewhere('is on a port that is not allowed', 'https://caller.example:22/hook', 'blocked_url', 'gone'),
];

export const RECEIVER_STATES: ReceiverState[] = [...ANSWERING, ...ASKING, ...BREAKING, ...UNREACHABLE];

/** What DNS says of the names above. */
export const resolveName = (hostname: string): Promise<LookupAddress[]> => {
  const failure = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));
  if (hostname === 'inside.example') return Promise.resolve([{ address: '192.168.0.7', family: 4 }]);
  return failure(hostname === 'trouble.example' ? 'EAI_AGAIN' : 'ENOTFOUND');
};
