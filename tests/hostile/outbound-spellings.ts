import type { Random } from '../fakes/seeded-random.ts';

type Octets = readonly [number, number, number, number];

export const octetsOf = (ip: string): Octets => ip.split('.').map(Number) as unknown as Octets;

const whole = ([a, b, c, d]: Octets): number => ((a * 256 + b) * 256 + c) * 256 + d;
const hex = (value: number): string => value.toString(16);
const octal = (value: number): string => `0${value.toString(8)}`;
const high = ([a, b]: Octets): string => hex(a * 256 + b);
const low = ([, , c, d]: Octets): string => hex(c * 256 + d);
const dots = (octets: Octets, write: (octet: number) => string = String): string => octets.map(write).join('.');
const percent = (text: string): string =>
  Array.from(text, (char) => `%${hex(char.charCodeAt(0)).padStart(2, '0')}`).join('');
/** Each digit as the one so many places further in Unicode. */
const digitsFrom = (zero: number, text: string): string =>
  text.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));
/** ⓪ ① … ⑨, which Unicode keeps apart. */
const circled = (text: string): string => digitsFrom(0x245f, text).replaceAll('\u245f', '\u24ea');

/** Ways to write an IPv4 address as the host of a URL; every one of them is that address for a browser. */
export const IPV4_SPELLINGS: Record<string, (ip: Octets) => string> = {
  plain: (ip) => dots(ip),
  'trailing dot': (ip) => `${dots(ip)}.`,
  'one number': (ip) => String(whole(ip)),
  'one number and a dot': (ip) => `${whole(ip)}.`,
  'one hex number': (ip) => `0x${hex(whole(ip))}`,
  'one hex number in capitals': (ip) => `0X${hex(whole(ip)).toUpperCase()}`,
  'one octal number': (ip) => octal(whole(ip)),
  'hex octets': (ip) => dots(ip, (octet) => `0x${hex(octet)}`),
  'octal octets': (ip) => dots(ip, octal),
  'padded octal octets': (ip) => dots(ip, (octet) => octal(octet).padStart(9, '0')),
  'every base at once': ([a, b, c, d]) => `0x${hex(a)}.${octal(b)}.${c}.0X${hex(d)}`,
  'two parts': ([a, b, c, d]) => `${a}.${(b * 256 + c) * 256 + d}`,
  'three parts': ([a, b, c, d]) => `${a}.${b}.0x${hex(c * 256 + d)}`,
  'percent-encoded': (ip) => percent(dots(ip)),
  'percent-encoded dots': (ip) => dots(ip).replaceAll('.', '%2E'),
  'percent-encoded hex': (ip) => percent(`0x${hex(whole(ip))}`),
  'fullwidth digits': (ip) => digitsFrom(0xff10, dots(ip)),
  'fullwidth dots': (ip) => dots(ip).replaceAll('.', '\uff0e'),
  'ideographic dots': (ip) => dots(ip).replaceAll('.', '\u3002'),
  'halfwidth ideographic dots': (ip) => dots(ip).replaceAll('.', '\uff61'),
  'percent-encoded fullwidth digits': (ip) => encodeURIComponent(digitsFrom(0xff10, dots(ip))),
  'circled digits': (ip) => circled(dots(ip)),
  'mathematical digits': (ip) => digitsFrom(0x1d7ce, dots(ip)),
  'soft hyphens': (ip) => dots(ip).replaceAll('.', '\u00ad.'),
  'variation selectors': (ip) => dots(ip).replaceAll('.', '.\ufe0f'),
  'word joiners': (ip) => `\u2060${dots(ip)}`,
  mapped: (ip) => `[::ffff:${dots(ip)}]`,
  'mapped in hex': (ip) => `[::ffff:${high(ip)}:${low(ip)}]`,
  'mapped in full': (ip) => `[0:0:0:0:0:FFFF:${high(ip)}:${low(ip)}]`,
  compatible: (ip) => `[::${dots(ip)}]`,
  translated: (ip) => `[::ffff:0:${dots(ip)}]`,
  NAT64: (ip) => `[64:ff9b::${dots(ip)}]`,
  'local NAT64': (ip) => `[64:ff9b:1::${dots(ip)}]`,
  '6to4': (ip) => `[2002:${high(ip)}:${low(ip)}::1]`,
  Teredo: ([a, b, c, d]) =>
    `[2001:0:808:808:0:0:${high([~a & 255, ~b & 255, 0, 0])}:${low([0, 0, ~c & 255, ~d & 255])}]`,
  ISATAP: (ip) => `[2606:4700::5efe:${dots(ip)}]`,
  'ISATAP of a public address': (ip) => `[2606:4700::200:5efe:${high(ip)}:${low(ip)}]`,
};

/** The eight groups of an IPv6 address. */
export function groupsOf(ip: string): string[] {
  const [head = '', tail] = new URL(`http://[${ip}]`).hostname.slice(1, -1).split('::');
  const groups = (part = '') => part.split(':').filter((group) => group !== '');
  const left = groups(head);
  const right = groups(tail);
  return [...left, ...new Array<string>(8 - left.length - right.length).fill('0'), ...right];
}

/** The same of an IPv6 address. */
export const IPV6_SPELLINGS: Record<string, (ip: string) => string> = {
  plain: (ip) => `[${ip}]`,
  'in capitals': (ip) => `[${ip.toUpperCase()}]`,
  'in full': (ip) => `[${groupsOf(ip).join(':')}]`,
  padded: (ip) =>
    `[${groupsOf(ip)
      .map((group) => group.padStart(4, '0'))
      .join(':')}]`,
  'with an IPv4 end': (ip) => {
    const groups = groupsOf(ip);
    const end = groups.slice(6).flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]);
    return `[${groups.slice(0, 6).join(':')}:${end.join('.')}]`;
  },
};

/** Endings and beginnings of a URL that some parser or other takes for part of the host. */
const DISGUISES: readonly ((host: string) => string)[] = [
  (host) => `http://${host}`,
  (host) => `HTTP://${host}`,
  (host) => `  http://${host}/ `,
  (host) => `http://${host}#@8.8.8.8/`,
  (host) => `http://${host}?@8.8.8.8/`,
  (host) => `http://${host}/..;/@8.8.8.8/`,
  (host) => `http://${host}\\@8.8.8.8/`,
  (host) => `http://${host}&@8.8.8.8#@8.8.4.4/`,
  (host) => `http://8.8.8.8@${host}/`,
  (host) => `http://8.8.8.8:80@${host}/`,
  (host) => `http://8.8.8.8%2f@${host}/`,
  (host) => `http://8.8.8.8\\@${host}/`,
  (host) => `http:\\\\${host}\\`,
  (host) => `http:/${host}/`,
  (host) => `http:///${host}/`,
  (host) => `http:${host}`,
  (host) => `//${host}/`,
  (host) => `url:http://${host}/`,
  (host) => `http://${host}%00.shop.example/`,
  (host) => `http://${host}%0d%0aHost:%20shop.example/`,
  (host) => `http://${host}\t/`,
  (host) => `ht\ntp://${host}/`,
  (host) => `http://${host}.nip.example/`,
  (host) => `http://a.${host}/`,
];

const ODD = [
  '@',
  '\\',
  '/',
  ':',
  '%',
  '.',
  '#',
  '?',
  '[',
  ']',
  '\t',
  '\n',
  ' ',
  '%00',
  '%2e',
  '0',
  '0x',
  '\u3002',
  '\u200d',
];

/** One of countless URLs that mean, or for some parser could mean, one of these addresses; with the port of a listener there. */
export function randomUrl(random: Random, addresses: readonly string[], port: number): string {
  const ip = random.pick(addresses);
  const spelling = ip.includes(':')
    ? random.pick(Object.values(IPV6_SPELLINGS))(ip)
    : random.pick(Object.values(IPV4_SPELLINGS))(octetsOf(ip));
  const host = `${spelling}:${random.pick([port, `0${port}`, 80, ''])}`;
  let url = random.chance(0.4) ? `http://${host}/a.jpg` : random.pick(DISGUISES)(host);
  if (random.chance(0.2)) url = url.replace(/^http/, 'https');
  for (let edits = random.pick([0, 0, 0, 1, 2]); edits > 0; edits--) {
    const at = random.whole(0, url.length);
    url = url.slice(0, at) + (random.chance(0.7) ? random.pick(ODD) : '') + url.slice(at + random.whole(0, 1));
  }
  return url;
}
