import { answer, drip, flood, head, say, sayAndReset, type Fault } from './fault-server.ts';
import { from, PNG, type OriginClass } from './origins-case.ts';

const redirect = (location: string, status = '302 Found'): Buffer => answer('', { Location: location }, status);
/** Redirects so many times, each time to another path, and then gives the image. */
const chain =
  (length: number): Fault =>
  ({ socket, nth }) =>
    socket.write(nth > length ? answer(PNG) : redirect(`/${nth}`, `${[301, 302, 303, 307, 308][nth % 5]} Moved`));

const byStatus = (...statuses: number[]): Record<string, Fault> =>
  Object.fromEntries(statuses.map((status) => [`status ${status}`, say(answer('no', {}, `${status} Status`))]));
const PASSING = [408, 425, 500, 502, 503, 504, ...from(520, 530)];
const OWN_CODE = [200, 403, 404, 410, 429];

const askingToWait = (...headers: string[]): Record<string, Fault> =>
  Object.fromEntries(
    headers.map((header) => [
      `Retry-After: ${header}`,
      say(answer('', { 'Retry-After': header }, '429 Too Many Requests')),
    ]),
  );

/** Redirects, every status, and hosts that ask for patience. */
export const OTHER_ANSWERS: OriginClass[] = [
  {
    input: 'redirects that go round in circles, take six hops, or lead to no address',
    ends: 'http_error',
    requests: 6,
    faults: {
      'to itself': say(redirect('/a.png')),
      'to itself, for ever a bit further': ({ socket, path }) => socket.write(redirect(`${path}/x`)),
      'to and fro': ({ socket, path }) => socket.write(redirect(path === '/a.png' ? '/b.png' : '/a.png')),
      'to an empty address': say(redirect('')),
      'six hops': chain(6),
    },
  },
  {
    input: 'a redirect to another scheme',
    ends: 'unsupported_scheme',
    requests: 1,
    faults: Object.fromEntries(
      [
        'file:///etc/passwd',
        'ftp://shop.example/a.png',
        'data:image/png;base64,AAAA',
        'javascript:alert(1)',
        'ws://shop.example/',
      ].map((to) => [to, say(redirect(to))]),
    ),
  },
  {
    input: 'a redirect to something that is no usable URL',
    ends: 'invalid_url',
    requests: 1,
    faults: Object.fromEntries(
      ['http://', 'http://user:secret@shop.example/', 'http://exa mple/', 'http://[::1/', 'http:///a.png', '//'].map(
        (to) => [to, say(redirect(to))],
      ),
    ),
  },
  {
    input: 'a redirect without an address, or with a body that never ends',
    ends: 'http_error',
    requests: 1,
    faults: {
      'no address': say(answer('', {}, '302 Found')),
      'multiple choices': say(answer('', { Location: '/b.png' }, '300 Multiple Choices')),
      'a body without end': flood(head({}, '301 Moved'), 'x'.repeat(10_000)),
    },
  },
  {
    input: 'a redirect whose address has spaces around it or bytes that are no ASCII',
    ends: 'image',
    requests: 2,
    faults: Object.fromEntries(
      [' /b.png', '/b.png ', '\t/b.png \t ', '/b.png?\xc3\xa0', '?\xe0'].map((to) => [
        JSON.stringify(to),
        ({ socket, nth }) => {
          const moved = `HTTP/1.1 302 Found\r\nLocation:${to}\r\nContent-Length: 0\r\n\r\n`;
          return socket.write(nth === 1 ? Buffer.from(moved, 'latin1') : answer(PNG));
        },
      ]),
    ),
  },
  { input: 'a chain of five redirects', ends: 'image', requests: 6, faults: { 'five hops': chain(5) } },
  { input: 'status 403', ends: 'forbidden', requests: 1, faults: byStatus(403) },
  { input: 'status 404 and 410', ends: 'not_found', requests: 1, faults: byStatus(404, 410) },
  { input: 'status 429', ends: 'rate_limited', requests: 3, faults: byStatus(429) },
  { input: 'status 408, 425, 500, 502–504, 520–530', ends: 'http_error', requests: 3, faults: byStatus(...PASSING) },
  {
    input: 'every other status from 201 to 999, 206 and 304 among them',
    ends: 'http_error',
    requests: 1,
    faults: byStatus(
      ...from(201, 599).filter((status) => !PASSING.includes(status) && !OWN_CODE.includes(status)),
      ...[600, 777, 999],
    ),
  },
  {
    input: 'an error whose body never ends',
    ends: 'not_found',
    requests: 1,
    faults: {
      fast: flood(head({}, '404 Not Found'), 'x'.repeat(10_000)),
      slow: drip(head({}, '404 Not Found'), 'x'),
      never: say(head({ 'Content-Length': 10 }, '404 Not Found')),
      reset: sayAndReset(head({ 'Content-Length': 10 }, '404 Not Found')),
    },
  },
  {
    input: 'Retry-After of some seconds, as a number or in any of the three forms of a date',
    ends: 'rate_limited',
    requests: 3,
    waits: [7150, 7300],
    faults: askingToWait(
      '7',
      '007',
      'Thu, 01 Jan 2026 00:00:07 GMT',
      'Thursday, 01-Jan-26 00:00:07 GMT',
      'Thu Jan  1 00:00:07 2026',
    ),
  },
  {
    input: 'Retry-After that is over already',
    ends: 'rate_limited',
    requests: 3,
    waits: [150, 300],
    faults: askingToWait('0', 'Thu, 01 Jan 2026 00:00:00 GMT', 'Thu, 01 Jan 1970 00:00:00 GMT'),
  },
  {
    input: 'Retry-After that can’t be read: negative, broken, endless, garbage',
    ends: 'rate_limited',
    requests: 3,
    waits: [150, 300],
    faults: askingToWait(
      '',
      '-7',
      '+7',
      '1.5',
      '7, 9',
      '0x7',
      '1e3',
      'NaN',
      'soon',
      'Infinity',
      '9'.repeat(30),
      '2026-01-01T00:00:07Z',
      'Thu, 99 Foo 2026 77:00:00 GMT',
      '\xf6',
    ),
  },
  {
    input: 'Retry-After of more than ten seconds, up to centuries (left to the page’s next delivery)',
    ends: 'rate_limited',
    requests: 1,
    waits: [],
    faults: askingToWait('11', '3600', '999999999', 'Fri, 01 Jan 2027 00:00:00 GMT', 'Fri, 31 Dec 9999 23:59:59 GMT'),
  },
];
