import { deflateSync } from 'node:zlib';
import sharp from '../../lib/images/sharp.ts';
import { photo } from '../../lib/images/test-images.ts';
import { chunk, flatJpeg, withSegment, zeroPng } from './images-bytes.ts';

const repeated = (part: Buffer, times: number) => Array.from({ length: times }, () => part);

/** One-pixel frames of a square WebP. */
export async function dotWebp(side: number, frames: number, extra: Buffer[] = []): Promise<Buffer> {
  const dot = (
    await sharp({ create: { width: 1, height: 1, channels: 3, background: '#fff' } })
      .webp({ lossless: true })
      .toBuffer()
  ).subarray(12);
  const frame = riff('ANMF', Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 0, 0, 0]), dot);
  const last = side - 1;
  const canvas = Buffer.from([2, 0, 0, 0, last & 255, last >> 8, 0, last & 255, last >> 8, 0]);
  const body = [riff('VP8X', canvas), riff('ANIM', Buffer.alloc(6)), ...repeated(frame, frames), ...extra];
  return riff('RIFF', Buffer.from('WEBP'), Buffer.concat(body));
}

export function riff(type: string, ...data: Buffer[]): Buffer {
  const head = Buffer.alloc(8);
  head.write(type);
  head.writeUInt32LE(
    data.reduce((sum, { length }) => sum + length, 0),
    4,
  );
  return Buffer.concat([head, ...data]);
}

export async function avifSaying(side: number): Promise<Buffer> {
  const file = await photo(64, 48).avif({ effort: 0 }).toBuffer();
  const at = file.indexOf('ispe') + 8;
  file.writeUInt32BE(side, at);
  file.writeUInt32BE(side, at + 4);
  return file;
}

export async function webpSaying(): Promise<Buffer> {
  const file = await photo(16, 16).webp({ lossless: true }).toBuffer();
  const at = file.indexOf('VP8L') + 9;
  // Two sides less one, of 14 bits each.
  file.writeUInt32LE(6_999 + 6_999 * 2 ** 14, at);
  return file;
}

/** The pixels of a PNG, a byte or so at a time. */
export function inPieces(): Buffer {
  const noise = Buffer.from(Array.from({ length: 201 * 400 }, (_, at) => (at % 201 === 0 ? 0 : (at * at * 31) % 251)));
  const pixels = deflateSync(noise, { level: 0 });
  const head = zeroPng({ width: 200, height: 400, type: 0 });
  const pieces = Array.from({ length: pixels.length }, (_, at) => chunk('IDAT', pixels.subarray(at, at + 1)));
  return Buffer.concat([head.subarray(0, 33), ...pieces, chunk('IEND')]);
}

export function commented(times: number): Buffer {
  const comment = withSegment(Buffer.alloc(2), 0xfe, Buffer.alloc(4_000)).subarray(2);
  const file = flatJpeg({ colour: [99] });
  return Buffer.concat([file.subarray(0, 2), ...repeated(comment, times), file.subarray(2)]);
}
