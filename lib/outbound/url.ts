import { OutboundError } from './outbound-error.ts';

/** A checked http(s) URL in the parts that a request is made of. */
export type Target = {
  /** Scheme, host and port in canonical spelling: `http://0x7f.1` is `http://127.0.0.1`. */
  origin: string;
  /** Canonical; an IPv6 address stands in brackets. */
  host: string;
  port: number;
  /** Path and query, byte for byte as given, so that signed URLs stay valid; only spaces and non-ASCII are encoded. */
  path: string;
  href: string;
};

const SCHEME = /^[a-z][a-z0-9+.-]*:/i;
const HTTP_URL = /^(https?:)\/\/([^/?#]+)([^#]*)/i;

/** Reads an absolute URL; throws OutboundError `invalid_url` or `unsupported_scheme`. */
export function parseTarget(text: string): Target {
  const { protocol, authority, rest } = split(text.trim().toWellFormed());
  if (authority.includes('@')) throw invalid('The address must not hold a user name or password.');
  const parsed = authority.includes('\\') ? null : URL.parse(`${protocol}//${authority}`);
  if (!parsed) throw invalid('The host of the address is not valid.');

  const path = (rest.startsWith('/') ? rest : `/${rest}`).replace(/[^\x21-\x7e]+/g, encodeURIComponent);
  const defaultPort = protocol === 'https:' ? 443 : 80;
  return {
    origin: parsed.origin,
    host: parsed.hostname,
    port: parsed.port === '' ? defaultPort : Number(parsed.port),
    path,
    href: parsed.origin + path,
  };
}

/** By hand, since `URL` would drop tabs and newlines and re-encode the path; the fragment stays behind. */
function split(url: string): { protocol: string; authority: string; rest: string } {
  const [, protocol = '', authority = '', rest = ''] = HTTP_URL.exec(url) ?? [];
  if (protocol !== '' && !/\p{Cc}/u.test(url)) return { protocol: protocol.toLowerCase(), authority, rest };
  if (SCHEME.test(url) && !/^https?:/i.test(url)) {
    throw new OutboundError('unsupported_scheme', 'Only http:// and https:// addresses can be fetched.');
  }
  throw invalid('The address is not a usable URL.');
}

/** The target that a `Location` header (its bytes as Latin-1, as the HTTP client gives them) means, seen from `base`. */
export function resolveLocation(location: string, base: Target): Target {
  // Not trim(): the last byte of an `à` is a Latin-1 space.
  const ascii = location
    .replace(/^[\t ]+|[\t ]+$/g, '')
    .replace(/[^\x21-\x7e]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
  if (SCHEME.test(ascii)) return parseTarget(ascii);
  if (ascii.startsWith('//')) return parseTarget(new URL(base.origin).protocol + ascii);
  if (ascii.startsWith('/')) return parseTarget(base.origin + ascii);
  const resolved = URL.parse(ascii, base.href);
  if (!resolved) throw invalid('The server redirects to an address that is not a usable URL.');
  return parseTarget(resolved.href);
}

function invalid(message: string): OutboundError {
  return new OutboundError('invalid_url', message);
}
