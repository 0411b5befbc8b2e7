import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { answer, flood, head, say, sayAndEnd, sayAndReset, type Fault } from './fault-server.ts';
import { chunk, CHUNKED, CUT, MAX_BYTES, PNG, type OriginClass } from './origins-case.ts';

const memoized = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => (made ??= make());
};
const zeros = () => Buffer.alloc(64_000_000);
/** 64 MB of nothing, in 64 kB and less. */
export const BOMBS = {
  gzip: memoized(() => gzipSync(zeros())),
  deflate: memoized(() => deflateSync(zeros())),
  br: memoized(() => brotliCompressSync(zeros(), { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } })),
};
const bomb =
  (encoding: keyof typeof BOMBS): Fault =>
  ({ socket }) =>
    socket.write(answer(BOMBS[encoding](), { 'Content-Encoding': encoding }));

/** Bodies that are too long, are encoded, are no image or half of one, and some that only look odd. */
export const ODD_BODIES: OriginClass[] = [
  {
    input:
      'a body without end, or one that says it is too long, or grows too long when decompressed (gzip, deflate and brotli bombs)',
    ends: 'too_large',
    requests: 1,
    faults: {
      'without end': flood(head(), PNG),
      'chunks without end': flood(head(CHUNKED), chunk(Buffer.alloc(10_000))),
      'announced: one byte too many': say(head({ 'Content-Length': MAX_BYTES + 1 })),
      'announced: 15 digits': say(head({ 'Content-Length': '999999999999999' })),
      'not announced: one byte too many': sayAndEnd(head(), Buffer.alloc(MAX_BYTES + 1)),
      'gzip bomb': bomb('gzip'),
      'deflate bomb': bomb('deflate'),
      'brotli bomb': bomb('br'),
      'gzip without end': flood(head({ 'Content-Encoding': 'gzip' }), gzipSync(Buffer.alloc(100_000))),
      'gzip larger than allowed on the wire already': flood(head({ 'Content-Encoding': 'gzip' }), gzipSync('')),
    },
  },
  {
    input: 'encodings in each other, and ones nobody asked for',
    ends: 'http_error',
    requests: 1,
    faults: Object.fromEntries(
      [
        'gzip, gzip',
        'gzip, br',
        'br, gzip, deflate',
        'identity, gzip',
        'zstd',
        'compress',
        'gzip;q=1',
        'aes128gcm',
        '*',
      ].map((encoding) => [encoding, say(answer(gzipSync(gzipSync(PNG)), { 'Content-Encoding': encoding }))]),
    ),
  },
  {
    input: 'compressed bodies that are cut, are damaged or are none',
    ends: 'http_error',
    requests: 3,
    faults: {
      'gzip cut': say(answer(gzipSync(PNG).subarray(0, -10), { 'Content-Encoding': 'gzip' })),
      'gzip with a wrong checksum': say(
        answer(Buffer.concat([gzipSync(PNG).subarray(0, -8), Buffer.alloc(8)]), { 'Content-Encoding': 'gzip' }),
      ),
      'gzip of nothing at all': say(answer('', { 'Content-Encoding': 'gzip' })),
      'plain called gzip': say(answer(PNG, { 'Content-Encoding': 'gzip' })),
      'plain called br': say(answer(PNG, { 'Content-Encoding': 'br' })),
      'gzip called deflate': say(answer(gzipSync(PNG), { 'Content-Encoding': 'deflate' })),
    },
  },
  {
    input:
      'answers that are odd and yet right: five redirects, early hints first, one byte at a time, unasked compression',
    ends: 'image',
    requests: 1,
    faults: {
      'early hints first': say('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(3), answer(PNG)),
      'no length': sayAndEnd(head(), PNG),
      'HTTP/1.0': sayAndEnd('HTTP/1.0 200 OK\r\n\r\n', PNG),
      'chunks of one byte': say(head(CHUNKED), ...Array.from(PNG, (byte) => chunk(Buffer.from([byte]))), chunk('')),
      'chunks with names and trailers': say(
        head(CHUNKED),
        `${PNG.length.toString(16)};a="b"\r\n`,
        PNG,
        '\r\n0\r\nX-A: b\r\n\r\n',
      ),
      gzip: say(answer(gzipSync(PNG), { 'Content-Encoding': 'GZIP ' })),
      'called HTML': say(answer(PNG, { 'Content-Type': 'text/html' })),
      'no reason phrase': say('HTTP/1.1 200\r\n', `Content-Length: ${PNG.length}\r\n\r\n`, PNG),
      'a header of 8 kB': say(answer(PNG, { 'X-Large': 'x'.repeat(8000) })),
      'headers in Latin-1': say(
        'HTTP/1.1 200 OK\r\nX-A: gr\xf6\xdfe\r\n',
        `Content-Length: ${PNG.length}\r\n\r\n`,
        PNG,
      ),
      'more than it announced': say(answer(PNG), 'and something else'),
    },
  },
  {
    input: 'something other than an image, called image/png',
    ends: 'not_an_image',
    requests: 1,
    faults: Object.fromEntries(
      Object.entries({
        nothing: '',
        'a blank': ' ',
        HTML: '<!doctype html><html><head><title>Log in</title></head></html>',
        JSON: '{"error":"not found"}',
        text: 'Not found',
        'a ZIP': 'PK\x03\x04',
        'an MP4': '\0\0\0\x18ftypisom\0\0\0\0isommp42',
        'half a PNG signature': '\x89PNG',
        zeros: '\0'.repeat(1000),
        'an image after a blank line': `\r\n${PNG.toString('latin1')}`,
      }).map(([name, body]) => [name, say(answer(Buffer.from(body, 'latin1'), { 'Content-Type': 'image/png' }))]),
    ),
  },
  {
    input: 'an image that is cut where no length can tell: announced too short, closed or reset without a length',
    ends: 'corrupt_image',
    requests: 1,
    faults: {
      'announced too short': say(head({ 'Content-Length': CUT.length }), PNG),
      'closed without a length': sayAndEnd(head(), CUT),
      'closed in HTTP/1.0': sayAndEnd('HTTP/1.0 200 OK\r\n\r\n', CUT),
      'reset without a length': sayAndReset(head(), CUT),
      'a signature and no more': say(answer(PNG.subarray(0, 8))),
    },
  },
];
