import type { IncomingMessage } from 'node:http';
import { S3Error } from './s3-error.ts';

const MOST_IN_A_LINE = 4096;

/** The bytes of an upload, out of the signed chunks that SDKs wrap around streams (aws-chunked). */
export function uploadedBytes(request: IncomingMessage): AsyncIterable<Uint8Array> {
  const encoded = String(request.headers['x-amz-content-sha256']).startsWith('STREAMING-');
  if (!encoded) return request as AsyncIterable<Uint8Array>;
  return decoded(request as AsyncIterable<Buffer>, Number(request.headers['x-amz-decoded-content-length']));
}

/** `<size in hex>[;chunk-signature=…]\r\n<bytes>\r\n`, again and again; after size 0 come trailers that we pass over. */
async function* decoded(source: AsyncIterable<Buffer>, expected: number): AsyncGenerator<Uint8Array> {
  let buffer: Buffer = Buffer.alloc(0);
  let inChunk = 0;
  let total = 0;
  let ended = false;
  for await (const piece of source) {
    if (ended) continue;
    buffer = buffer.length > 0 ? Buffer.concat([buffer, piece]) : piece;
    while (buffer.length > 0 && !ended) {
      if (inChunk > 0) {
        const bytes = buffer.subarray(0, inChunk);
        buffer = buffer.subarray(bytes.length);
        inChunk -= bytes.length;
        total += bytes.length;
        yield bytes;
        continue;
      }
      const header = chunkHeader(buffer);
      if (!header) break;
      buffer = buffer.subarray(header.length);
      inChunk = header.size;
      ended = header.size === 0;
    }
  }
  if (!ended || total !== expected) throw new S3Error(400, 'IncompleteBody', 'The body is not as long as announced.');
}

/** The next chunk's header, with the line break that ends the chunk before it; undefined while it is incomplete. */
function chunkHeader(buffer: Buffer): { size: number; length: number } | undefined {
  const start = buffer.indexOf('\r\n') === 0 ? 2 : 0;
  const end = buffer.indexOf('\r\n', start);
  if (end < 0) {
    if (buffer.length > MOST_IN_A_LINE) throw new S3Error(400, 'InvalidRequest', 'A chunk header is too long.');
    return undefined;
  }
  const size = Number.parseInt(buffer.toString('latin1', start, end), 16);
  if (Number.isNaN(size)) throw new S3Error(400, 'InvalidRequest', 'A chunk header is malformed.');
  return { size, length: end + 2 };
}
