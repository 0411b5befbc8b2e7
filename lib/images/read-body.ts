import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { OutboundError } from '../outbound/outbound-error.ts';
import type { OutboundResponse } from '../outbound/outbound.ts';
import { ImageError } from './image-error.ts';

const DECODERS = new Map([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

/** How many bytes the answer announces, or null when it does not or when they would be those of a compressed form. */
export function announcedBytes({ headers }: OutboundResponse): number | null {
  const length = headers['content-length'] ?? '';
  return /^\d{1,15}$/.test(length) && !isEncoded(headers) ? Number(length) : null;
}

/** The whole body, decompressed where the server compressed it unasked; `too_large` past `maxBytes`, on the wire or after. */
export async function readBody(response: OutboundResponse, maxBytes: number): Promise<Buffer> {
  if (!isEncoded(response.headers)) return collect(response.body, maxBytes, announcedBytes(response));
  const createDecoder = DECODERS.get(encodingOf(response.headers));
  if (!createDecoder) {
    await response.discard();
    throw new ImageError('http_error', {
      message: 'The server compressed the answer in an unknown way.',
      retryable: false,
      httpStatus: response.status,
    });
  }
  try {
    return await pipeline(atMost(response.body, maxBytes), createDecoder(), (decoded: AsyncIterable<Buffer>) =>
      collect(decoded, maxBytes),
    );
  } catch (error) {
    if (error instanceof ImageError || error instanceof OutboundError) throw error;
    throw new ImageError('http_error', { message: 'The answer could not be decompressed.', cause: error });
  }
}

function isEncoded(headers: OutboundResponse['headers']): boolean {
  return !['', 'identity'].includes(encodingOf(headers));
}

function encodingOf(headers: OutboundResponse['headers']): string {
  return headers['content-encoding']?.trim().toLowerCase() ?? '';
}

/** Copies as it goes: a body sent byte by byte would cost a hundred times its size as a list of chunks. */
async function collect(body: AsyncIterable<Buffer>, maxBytes: number, expected: number | null = null): Promise<Buffer> {
  let buffer = Buffer.allocUnsafeSlow(expected ?? Math.min(maxBytes, 64 * 1024));
  let length = 0;
  for await (const chunk of atMost(body, maxBytes)) {
    const needed = length + chunk.length;
    if (needed > buffer.length)
      buffer = Buffer.concat([buffer], Math.min(maxBytes, Math.max(needed, buffer.length * 2)));
    length += chunk.copy(buffer, length);
  }
  return length === buffer.length ? buffer : Buffer.from(buffer.subarray(0, length));
}

async function* atMost(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer, void, undefined> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new ImageError('too_large');
    yield chunk;
  }
}
