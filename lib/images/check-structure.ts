import { ImageError } from './image-error.ts';
import { sniffFormat } from './sniff-format.ts';

/** No encoder draws in more passes (jpegtran: 10, mozjpeg: 12), each of which goes over the whole image again. */
const MAX_SCANS = 100;

/**
 * Looks at what libvips lets pass: a PNG or GIF without its end, which it would show in part; a JPEG of passes or a WebP
 * of frames without end, whose header alone takes it minutes. Throws `corrupt_image` or `too_many_pixels`.
 */
export function checkStructure(input: Buffer, maxFrames: number): void {
  const format = sniffFormat(input);
  if (format === 'png' && !endsAsPng(input)) throw new ImageError('corrupt_image');
  if (format === 'gif' && !endsAsGif(input)) throw new ImageError('corrupt_image');
  if (format === 'webp' && framesOfWebp(input) > maxFrames) throw new ImageError('too_many_pixels');
  if (format === 'jpeg' && hasTooManyScans(input)) {
    throw new ImageError('corrupt_image', { message: `The image is drawn in more than ${MAX_SCANS} passes.` });
  }
}

/** Chunks: length, type, data, checksum, after eight bytes of signature. */
function endsAsPng(input: Buffer): boolean {
  for (let at = 8; at + 12 <= input.length; at += 12 + input.readUInt32BE(at)) {
    if (input.toString('latin1', at + 4, at + 8) === 'IEND') return true;
  }
  return false;
}

const EXTENSION = 0x21;
const FRAME = 0x2c;

/** Extensions and frames up to the trailer; any other byte is taken for it, as browsers do. */
function endsAsGif(input: Buffer): boolean {
  let at = 13 + colourTableBytes(input[10]);
  while (at < input.length) {
    if (input[at] === EXTENSION) at = afterSubBlocks(input, at + 2);
    else if (input[at] === FRAME) at = afterSubBlocks(input, at + 11 + colourTableBytes(input[at + 9]));
    else return true;
  }
  return false;
}

const colourTableBytes = (flags = 0): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

/** Each sub-block tells its length in its first byte; the last one has none. */
function afterSubBlocks(input: Buffer, start: number): number {
  let at = start;
  while (at < input.length && input[at] !== 0) at += 1 + (input[at] ?? 0);
  return at + 1;
}

/** Chunks: type, length, data, filled up to an even length, after twelve bytes of file header. */
function framesOfWebp(input: Buffer): number {
  let frames = 0;
  for (let at = 12; at + 8 <= input.length;) {
    if (input.toString('latin1', at, at + 4) === 'ANMF') frames += 1;
    const length = input.readUInt32LE(at + 4);
    at += 8 + length + (length % 2);
  }
  return frames;
}

const SCAN = 0xda;
const END = 0xd9;

/** Walks from marker to marker; those that bear no length are escapes, fill bytes and restarts. */
function hasTooManyScans(input: Buffer): boolean {
  let scans = 0;
  let at = 2;
  while (at !== -1 && at + 4 <= input.length && scans <= MAX_SCANS) {
    const marker = input.readUInt8(at + 1);
    if (marker === END) break;
    if (marker === SCAN) scans += 1;
    at = input.indexOf(0xff, at + stepOver(marker, input.readUInt16BE(at + 2)));
  }
  return scans > MAX_SCANS;
}

function stepOver(marker: number, length: number): number {
  if (marker === 0xff) return 1;
  const isBare = marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd7);
  return isBare ? 2 : 2 + length;
}
