import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { uploadedBytes } from './s3-body.ts';

const wrapped = '5;chunk-signature=abc\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n';

function decode(text: string, { pieceLength = text.length, length = 11 } = {}): Promise<Buffer> {
  const pieces = Array.from({ length: Math.ceil(text.length / pieceLength) }, (_, n) =>
    Buffer.from(text.slice(n * pieceLength, (n + 1) * pieceLength)),
  );
  const headers = {
    'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'x-amz-decoded-content-length': String(length),
  };
  return buffer(uploadedBytes(Object.assign(Readable.from(pieces), { headers }) as unknown as IncomingMessage));
}

test.each([1, 2, 3, 7, 1000])('chunks are unwrapped however the network cuts them (%i bytes)', async (pieceLength) => {
  expect((await decode(wrapped, { pieceLength })).toString()).toBe('hello world');
});

test('a body that breaks off, is of another length or is malformed is refused', async () => {
  await expect(decode(wrapped.slice(0, 30))).rejects.toThrow('not as long as announced');
  await expect(decode(wrapped, { length: 12 })).rejects.toThrow('not as long as announced');
  await expect(decode('zz\r\nhello\r\n')).rejects.toThrow('malformed');
  await expect(decode('1'.repeat(5000))).rejects.toThrow('too long');
});
