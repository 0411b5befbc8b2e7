import sharp from '../../lib/images/sharp.ts';
import { chunk, dotGif, flatJpeg, inflating, PNG_CHANNELS, scanBomb, withChunks, zeroPng } from './images-bytes.ts';
import { type ImageCase, imageClass } from './images-case.ts';
import { avifSaying, commented, dotWebp, inPieces, riff, webpSaying } from './images-claims.ts';
import { OUTPUT_FORMATS } from './images-outcome.ts';

const MEGA = 1_000_000;
const PNG_KINDS = Object.keys(PNG_CHANNELS).map(Number);
const small = () => zeroPng({ width: 16, height: 16 });
const repeated = (part: Buffer, times: number) => Array.from({ length: times }, () => part);

const overLimit: ImageCase[] = [
  {
    name: 'PNG of 30,000 x 30,000 zeros, all there',
    bytes: () => zeroPng({ width: 30_000, height: 30_000, depth: 1, type: 0 }),
  },
  ...PNG_KINDS.map((type) => ({
    name: `PNG of colour type ${type} that says 30,000 x 30,000`,
    bytes: () => zeroPng({ width: 30_000, height: 30_000, type }, { rows: 1 }),
  })),
  {
    name: 'interlaced PNG that says 20,000 x 20,000',
    bytes: () => zeroPng({ width: 20_000, height: 20_000, interlaced: true }, { rows: 1 }),
  },
  { name: 'PNG of 1 x 2,000,000,000', bytes: () => zeroPng({ width: 1, height: 2_000_000_000 }, { rows: 1 }) },
  { name: 'GIF of 1,000 x 1,000 and 51 frames', bytes: () => dotGif(1_000, 1_000, 51) },
  { name: 'GIF of one pixel and 100,000 frames', bytes: () => dotGif(1, 1, 100_000) },
  { name: 'WebP of one pixel and 400,000 frames', bytes: () => dotWebp(1, 400_000) },
  { name: 'WebP of 2,000 x 2,000 and 13 frames', bytes: () => dotWebp(2_000, 13) },
  { name: 'AVIF that says 100,000 x 100,000', bytes: () => avifSaying(100_000) },
  { name: 'AVIF that says 4,000,000,000 x 4,000,000,000', bytes: () => avifSaying(4_000_000_000) },
  { name: 'JPEG that says 65,500 x 65,500', bytes: () => flatJpeg({ colour: [99], claimed: [65_500, 65_500] }) },
];

const lies: ImageCase[] = [
  { name: 'GIF whose second frame is broken, to JPEG', bytes: brokenSecondFrame, options: { format: 'jpeg' } },
  {
    name: 'JPEG of 16 x 16 that says 7,000 x 7,000',
    bytes: () => flatJpeg({ colour: [9, 99, 200], claimed: [7_000, 7_000] }),
  },
  {
    name: 'JPEG of 16 x 16 that says 65,535 x 9',
    bytes: () => flatJpeg({ colour: [9, 99, 200], claimed: [65_535, 9] }),
  },
  { name: 'JPEG that says 0 x 0', bytes: () => flatJpeg({ colour: [9], claimed: [0, 0] }) },
  { name: 'PNG that says 0 x 0', bytes: () => zeroPng({ width: 0, height: 0 }) },
  { name: 'PNG that says -1 x -1', bytes: () => zeroPng({ width: 0xffff_ffff, height: 0xffff_ffff }, { rows: 1 }) },
  { name: 'PNG of one row that says 7,000', bytes: () => zeroPng({ width: 7_000, height: 7_000 }, { rows: 1 }) },
  {
    name: 'interlaced PNG of one row that says 7,000',
    bytes: () => zeroPng({ width: 7_000, height: 7_000, interlaced: true }, { rows: 1 }),
  },
  { name: 'lossless WebP of 16 x 16 that says 7,000 x 7,000', bytes: webpSaying },
  { name: 'AVIF of 64 x 48 that says 7,000 x 7,000', bytes: () => avifSaying(7_000) },
];

/** A size of LZW codes that is none. */
function brokenSecondFrame(): Buffer {
  const gif = dotGif(9, 9, 2);
  gif.writeUInt8(13, gif.length - 6);
  return gif;
}

const passes: ImageCase[] = [101, 400, 4_000].map((scans) => ({
  name: `JPEG of 7,000 x 7,000 drawn in ${scans} passes`,
  bytes: () => scanBomb(7_000, scans),
}));

const text = (type: string, bytes: number, head = 'x\0\0') =>
  chunk(type, Buffer.concat([Buffer.from(head), inflating(bytes)]));

const PADDED: Record<string, () => Buffer[]> = {
  'whose profile inflates to 200 MB': () => [text('iCCP', 200 * MEGA)],
  'whose text inflates to 200 MB': () => [text('zTXt', 200 * MEGA)],
  'whose XMP inflates to 200 MB': () => [text('iTXt', 200 * MEGA, 'XML:com.adobe.xmp\0\x01\0\0\0')],
  'of 200 texts that inflate to 2 MB each': () => repeated(text('zTXt', 2 * MEGA), 200),
  'of 200,000 unknown chunks': () => repeated(chunk('aaAa'), 200_000),
  'of 100,000 texts': () => repeated(chunk('tEXt', Buffer.from('a\0b')), 100_000),
  'of 20,000 palettes': () => repeated(chunk('PLTE', Buffer.alloc(768)), 20_000),
};

const inflatable: ImageCase[] = [
  ...Object.entries(PADDED).map(([name, chunks]) => ({
    name: `PNG ${name}`,
    bytes: () => withChunks(small(), chunks()),
  })),
  { name: 'PNG whose pixels come in 80,000 pieces', bytes: inPieces },
  { name: 'JPEG of 5,000 comments', bytes: () => commented(5_000) },
  { name: 'WebP of 500,000 unknown chunks', bytes: () => dotWebp(1, 2, repeated(riff('what'), 500_000)) },
  ...PNG_KINDS.map((type) => ({
    name: `PNG of 4,000 x 4,000 zeros of colour type ${type}`,
    bytes: () =>
      withChunks(zeroPng({ width: 4_000, height: 4_000, type }), type === 3 ? [chunk('PLTE', Buffer.alloc(3))] : []),
  })),
  {
    name: 'PNG of 3,000 x 3,000 zeros of 16 bits',
    bytes: () => zeroPng({ width: 3_000, height: 3_000, depth: 16, type: 6 }),
  },
  {
    name: 'interlaced PNG of 4,000 x 4,000 zeros',
    bytes: () => zeroPng({ width: 4_000, height: 4_000, interlaced: true }),
  },
  { name: 'JPEG of 4,000 x 4,000 drawn in 90 passes', bytes: () => scanBomb(4_000, 90) },
  { name: 'GIF of one pixel and 5,000 frames', bytes: () => dotGif(1, 1, 5_000) },
  { name: 'GIF of 200 x 200 and 500 frames', bytes: () => dotGif(200, 200, 500) },
  {
    name: 'GIF of one pixel and 5,000 frames, to WebP',
    bytes: () => dotGif(1, 1, 5_000),
    options: { format: 'webp' },
  },
  { name: 'WebP of one pixel and 5,000 frames', bytes: () => dotWebp(1, 5_000) },
];

const SIDES = [
  [1, 60_000],
  [60_000, 1],
  [3, 16_384],
  [16_384, 3],
] as const;

const narrow: ImageCase[] = SIDES.flatMap(([width, height]) =>
  OUTPUT_FORMATS.flatMap((format) =>
    [undefined, 500].map((maxWidth) => ({
      name: `PNG of ${width} x ${height} to ${format}${maxWidth ? ` of ${maxWidth}` : ''}`,
      bytes: () =>
        sharp({ create: { width, height, channels: 3, background: '#1060c0' } })
          .png({ compressionLevel: 0 })
          .toBuffer(),
      options: { format, ...(maxWidth && { maxWidth }) },
    })),
  ),
);

export const BOMBS = [
  imageClass({
    input: 'More pixels than allowed, over all frames, true or not',
    endings: ['too_many_pixels', 'corrupt_image'],
    seconds: 2,
    list: overLimit,
  }),
  imageClass({
    input: 'Headers that lie about the size, frames that are none',
    endings: ['corrupt_image'],
    seconds: 2,
    list: lies,
  }),
  imageClass({ input: 'Progressive JPEG of hundreds of passes', endings: ['corrupt_image'], seconds: 1, list: passes }),
  imageClass({
    input: 'Small files that inflate, up to the limits',
    endings: ['image', 'corrupt_image'],
    seconds: 10,
    list: inflatable,
  }),
  imageClass({
    input: 'One side of up to 60,000 pixels, the other of 1 to 3',
    endings: ['image'],
    seconds: 2,
    list: narrow,
  }),
];
