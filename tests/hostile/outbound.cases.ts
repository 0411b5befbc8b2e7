import { ALLOWED_ADDRESSES, DENIED_ADDRESSES } from '../../lib/outbound/test-addresses.ts';
import type { OutboundErrorCode } from '../../lib/outbound/outbound-error.ts';
import { count, type HostileClass } from './hostile-class.ts';
import { placeOf } from './outbound-dials.ts';
import { IPV4_SPELLINGS, IPV6_SPELLINGS, octetsOf } from './outbound-spellings.ts';

export type OutboundCase = {
  /** PORT stands for that of the listeners which nobody may reach. */
  url: string;
  /** What DNS answers to one look-up after the other; the request is made once for each, and the last one counts. */
  answers?: string[][];
  /** Every address and port that is dialled; none unless said. */
  dialled?: string[];
};

type OutboundClass = Omit<HostileClass, 'area' | 'ends' | 'cases'> & {
  /** As an image’s address, as what an image’s address redirects to, or as a webhook’s address. */
  way: 'image' | 'redirect' | 'fifth redirect' | 'webhook';
  code: OutboundErrorCode;
  tried: OutboundCase[];
};

const NAME = 'http://shop.example:PORT/a.jpg';
const GOOD = '93.184.216.34';
const NEIGHBOUR = '93.184.216.35';
const GOOD_V6 = '2606:4700:4700::1111';

const isV6 = (ip: string) => ip.includes(':');
const literal = (ip: string) => `http://${placeOf(ip, 'PORT')}/a.jpg`;
const spellings = (ip: string): string[] =>
  isV6(ip)
    ? Object.values(IPV6_SPELLINGS).map((spell) => spell(ip))
    : Object.values(IPV4_SPELLINGS).map((spell) => spell(octetsOf(ip)));

const EVERY_SPELLING: OutboundCase[] = DENIED_ADDRESSES.flatMap(spellings).map((host) => ({
  url: `http://${host}:PORT/a.jpg`,
}));

/** One spelling each, another one for every next address. */
const ODD_SPELLINGS: OutboundCase[] = DENIED_ADDRESSES.map((ip, at) => {
  const choices = spellings(ip);
  return { url: `http://${choices[at % choices.length]!}:PORT/` };
});

const LITERALS: OutboundCase[] = DENIED_ADDRESSES.map((ip) => ({ url: literal(ip) }));
const NAMES: OutboundCase[] = DENIED_ADDRESSES.map((ip) => ({ url: NAME, answers: [[ip]] }));

/** The classes that come down to: this URL, with these DNS answers, ends so and dials these. */
export const OUTBOUND_CLASSES: OutboundClass[] = [
  {
    way: 'image',
    input: `an image URL with a denied address (${DENIED_ADDRESSES.length} of them: private, loopback, metadata, CGNAT, mapped, NAT64, 6to4, Teredo, ISATAP, …) in every spelling that browsers read: octal, hex, short, percent-encoded, fullwidth, wrapped in IPv6, …`,
    code: 'blocked_url',
    bound: 'nothing is dialled',
    tried: EVERY_SPELLING,
  },
  {
    way: 'image',
    input: 'a host name whose DNS answer is, or holds among good ones, a denied address: alone, first, last, twice',
    code: 'blocked_url',
    bound: 'nothing is dialled; one look-up',
    tried: DENIED_ADDRESSES.flatMap((ip) =>
      [[ip], [ip, GOOD], [GOOD, GOOD_V6, ip], [GOOD, ip, GOOD_V6, ip]].map((answer) => ({
        url: NAME,
        answers: [answer],
      })),
    ),
  },
  {
    way: 'image',
    input: 'a host name that answers with a good address first and a denied one at the next look-up (rebinding)',
    code: 'blocked_url',
    bound: 'only the good address is dialled',
    tried: DENIED_ADDRESSES.map((ip) => ({
      url: NAME,
      answers: [[GOOD], [ip]],
      dialled: [placeOf(GOOD, 'PORT')],
    })),
  },
  {
    way: 'image',
    input: 'a host name that answers with a denied address first and a good one after, and later both',
    code: 'blocked_url',
    bound: 'only the good address is dialled, and not when both are answered',
    tried: DENIED_ADDRESSES.map((ip) => ({
      url: NAME,
      answers: [[ip], [GOOD], [GOOD, ip]],
      dialled: [placeOf(GOOD, 'PORT')],
    })),
  },
  {
    way: 'image',
    input: 'a name of this machine or of a cloud’s metadata, as DNS has it inside',
    code: 'blocked_url',
    bound: 'nothing is dialled',
    tried: [
      ['localhost', '127.0.0.1'],
      ['LOCALHOST', '::1'],
      ['localhost.', '127.0.0.1'],
      ['a.localhost', '::1'],
      ['metadata.google.internal', '169.254.169.254'],
      ['metadata.google.internal.', 'fd20:ce::254'],
      ['instance-data.ec2.internal', '169.254.169.254'],
      ['127.0.0.1.nip.example', '127.0.0.1'],
      ['7f000001.rebind.example', '127.0.0.1'],
      ['ｌｏｃａｌｈｏｓｔ', '127.0.0.1'],
      ['%6c%6fcalhost', '127.0.0.1'],
    ].map(([host = '', ip = '']) => ({ url: `http://${host}:PORT/`, answers: [[ip]] })),
  },
  {
    way: 'image',
    input: 'DNS answers that are no plain addresses',
    code: 'blocked_url',
    bound: 'nothing is dialled',
    tried: [
      '2130706433',
      '0x7f.0.0.1',
      '127.1',
      '[::1]',
      '::1%lo',
      '2606:4700::1%lo',
      'localhost',
      '127.0.0.1:80',
      ' ',
    ].map((answer) => ({ url: NAME, answers: [[answer]] })),
  },
  {
    way: 'image',
    input: 'a port other than the allowed ones, at a good address',
    code: 'blocked_url',
    bound: 'nothing is dialled or looked up',
    tried: [0, 1, 21, 22, 25, 53, 81, 444, 3306, 6379, 8080, 11_211, 27_017, 65_535].flatMap((port) =>
      [GOOD, `[${GOOD_V6}]`, 'shop.example'].map((host) => ({ url: `http://${host}:${port}/` })),
    ),
  },
  {
    way: 'image',
    input: 'a URL that is none: user names, backslashes, zones, numbers too large, control characters',
    code: 'invalid_url',
    bound: 'nothing is dialled or looked up',
    tried: [
      'http://shop.example@127.0.0.1:PORT/',
      'http://shop.example:80@127.0.0.1:PORT/',
      'http://:@127.0.0.1:PORT/',
      'http://127.0.0.1:PORT\\@shop.example/',
      'http://shop.example\\@127.0.0.1:PORT/',
      'http:\\\\127.0.0.1:PORT\\',
      'http:127.0.0.1:PORT/',
      'http:/127.0.0.1:PORT/',
      'http:///127.0.0.1:PORT/',
      '//127.0.0.1:PORT/',
      'http://[::1%25lo]:PORT/',
      'http://[fe80::1%lo]:PORT/',
      'http://[::1]PORT/',
      'http://::1:PORT/',
      'http://[%3a%3a1]:PORT/',
      'http://[127.0.0.1]:PORT/',
      'http://127.0.0.1.1:PORT/',
      'http://127.0.0.256:PORT/',
      'http://4294967296:PORT/',
      'http://0x17f000001:PORT/',
      'http://0128.0.0.1:PORT/',
      'http://127.0.0.1%00.shop.example:PORT/',
      'http://127.0.0.1%0d%0a:PORT/',
      'http://127.0.0.1\t:PORT/',
      'ht\ntp://127.0.0.1:PORT/',
      'http://127.0.0.1:PORT:80/',
      'http://127.0.0.1:+PORT/',
      'http://127.0.0.1:-1/',
      'http://127.0.0.1:65536/',
    ].map((url) => ({ url })),
  },
  {
    way: 'image',
    input: 'any other scheme',
    code: 'unsupported_scheme',
    bound: 'nothing is dialled or looked up',
    tried: [
      'file',
      'ftp',
      'gopher',
      'dict',
      'ldap',
      'ws',
      'wss',
      'jar',
      'blob',
      'data',
      'javascript',
      'view-source',
    ].map((scheme) => ({ url: `${scheme}://127.0.0.1:PORT/` })),
  },
  {
    way: 'redirect',
    input: 'an image that redirects to a denied address, plainly or in an odd spelling, or to a name that has one',
    code: 'blocked_url',
    bound: 'nothing is dialled after the redirect; no second try',
    tried: [...LITERALS, ...ODD_SPELLINGS, ...NAMES],
  },
  {
    way: 'redirect',
    input:
      'an image that redirects into a denied network without naming the scheme, with one slash too many or too few',
    code: 'blocked_url',
    bound: 'nothing is dialled after the redirect',
    tried: ['//127.0.0.1:PORT/', '//0x7f.1:PORT/', '\\\\127.0.0.1:PORT\\', '\\/127.0.0.1:PORT/', '//[::1]:PORT'].map(
      (url) => ({ url }),
    ),
  },
  {
    way: 'webhook',
    input: 'a webhook URL with a denied address, plainly or in an odd spelling, or of a name that has one',
    code: 'blocked_url',
    bound: 'nothing is dialled; never tried again',
    tried: [...LITERALS, ...ODD_SPELLINGS, ...NAMES],
  },
  {
    way: 'image',
    input: `an address of the open Internet (${ALLOWED_ADDRESSES.length}, most of them next to a denied network), as a literal or by DNS`,
    code: 'connect_error',
    bound: 'it alone is dialled (without a network, as here)',
    tried: ALLOWED_ADDRESSES.flatMap((ip) => {
      const dialled = [placeOf(canonical(ip), 'PORT')];
      return [
        { url: literal(ip), dialled },
        { url: NAME, answers: [[canonical(ip)]], dialled },
        { url: NAME, answers: [[canonical(ip), NEIGHBOUR]], dialled: [...dialled, placeOf(NEIGHBOUR, 'PORT')] },
      ];
    }),
  },
  {
    way: 'webhook',
    input: 'a webhook at an address of the open Internet',
    code: 'connect_error',
    bound: 'it alone is dialled; tried again later',
    tried: ALLOWED_ADDRESSES.map((ip) => ({ url: literal(ip), dialled: [placeOf(canonical(ip), 'PORT')] })),
  },
];

function canonical(ip: string): string {
  return isV6(ip) ? new URL(`http://[${ip}]`).hostname.slice(1, -1) : ip;
}

export const GENERATED: HostileClass = {
  area: 'outbound',
  input:
    'generated URLs: a denied address in any spelling, in disguise, with random characters put in, and names that have it',
  ends: 'blocked_url, invalid_url, unsupported_scheme; http_error when a redirect leads back; connect_error when it became public',
  bound: 'no denied address is dialled',
  cases: count(5_000, 200_000),
};

export const RANDOM_ADDRESSES: HostileClass = {
  area: 'outbound',
  input: 'random addresses near the borders of the denied networks',
  ends: 'allowed or denied as a second, independent check says',
  bound: 'no disagreement',
  cases: count(20_000, 1_000_000),
};

export const WEBHOOK_REDIRECTS: HostileClass = {
  area: 'outbound',
  input: 'a webhook’s receiver that redirects, to anywhere',
  ends: 'redirected (tried again later)',
  bound: 'one request; nothing else is dialled',
  cases: DENIED_ADDRESSES.length,
};

export const classes: HostileClass[] = [
  ...OUTBOUND_CLASSES.map(({ input, code, bound, tried }) => ({
    area: 'outbound',
    input,
    ends: code,
    bound,
    cases: tried.length,
  })),
  WEBHOOK_REDIRECTS,
  GENERATED,
  RANDOM_ADDRESSES,
];
