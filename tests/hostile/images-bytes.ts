import { crc32, deflateSync } from 'node:zlib';

/*
 * Image files put together by hand, so that what is in them is known without any library: the sizes they claim may be
 * lies, and the colours of the flat ones are exact.
 */

const u16 = (value: number) => Buffer.from([value >> 8, value & 255]);
const u32 = (value: number) => Buffer.concat([u16(Math.floor(value / 65_536) & 65_535), u16(value & 65_535)]);
const latin1 = (text: string) => Buffer.from(text, 'latin1');

/** A PNG chunk with its length and checksum. */
export function chunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([latin1(type), data]);
  return Buffer.concat([u32(data.length), body, u32(crc32(body))]);
}

type PngHead = { width: number; height: number; depth?: number; type?: number; interlaced?: boolean };
export const PNG_CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** A PNG of zeros. `rows` is how many of its rows are there; `extra` goes before the pixels. */
export function zeroPng(head: PngHead, { rows = head.height, extra = [] as Buffer[] } = {}): Buffer {
  const { width, height, depth = 8, type = 2, interlaced = false } = head;
  const header = Buffer.concat([u32(width), u32(height), Buffer.from([depth, type, 0, 0, interlaced ? 1 : 0])]);
  const rowBytes = 1 + Math.ceil((Math.min(width, 20_000) * depth * PNG_CHANNELS[type]!) / 8);
  // Interlaced rows are shorter and more: the zeros left over are never read.
  const pixels = deflateSync(Buffer.alloc(rowBytes * rows * (interlaced ? 2 : 1)), { level: 9 });
  return png([chunk('IHDR', header), ...extra, chunk('IDAT', pixels)]);
}

const png = (chunks: Buffer[]): Buffer => Buffer.concat([latin1('\x89PNG\r\n\x1a\n'), ...chunks, chunk('IEND')]);

/** A few hundred kilobytes that inflate to this many. */
export function inflating(bytes: number): Buffer {
  const made = inflated.get(bytes) ?? deflateSync(Buffer.alloc(bytes), { level: 9 });
  inflated.set(bytes, made);
  return made;
}
const inflated = new Map<number, Buffer>();

const GIF_FRAME = ['\x02\x02\x44\x01\0', '\x02\x02\x4c\x01\0'];

/** A GIF of this canvas whose frames are one pixel each, in turn black and white. */
export function dotGif(width: number, height: number, frames: number): Buffer {
  const size = Buffer.from([width & 255, width >> 8, height & 255, height >> 8]);
  const head = Buffer.concat([latin1('GIF89a'), size, latin1('\x80\0\0\0\0\0\xff\xff\xff')]);
  const dots = GIF_FRAME.map((data) => latin1(`!\xf9\x04\0\x0a\0\0\0,\0\0\0\0\x01\0\x01\0\0${data}`));
  return Buffer.concat([head, ...Array.from({ length: frames }, (_, at) => dots[at % 2]!), latin1(';')]);
}

const segment = (marker: number, data: Buffer) =>
  Buffer.concat([Buffer.from([255, marker]), u16(data.length + 2), data]);

/** DC sizes 0 to 11 as codes of four bits; the only AC symbol as a code of one bit. */
const huffman = (acSymbol: number) => [
  segment(0xc4, Buffer.from([0x00, 0, 0, 0, 12, ...Array<number>(12).fill(0), ...Array(12).keys()])),
  segment(0xc4, Buffer.from([0x10, 1, ...Array<number>(15).fill(0), acSymbol])),
];

const frameHead = (marker: number, width: number, height: number, components: number) => {
  const each = Array.from({ length: components }, (_, at) => [at + 1, 0x11, 0]).flat();
  return segment(
    marker,
    Buffer.concat([Buffer.from([8]), u16(height), u16(width), Buffer.from([components, ...each])]),
  );
};

const scanHead = (components: number[], band: [first: number, last: number, approximation: number]) =>
  segment(0xda, Buffer.from([components.length, ...components.flatMap((id) => [id, 0]), ...band]));

/** Bits as bytes, filled up with ones, and 0xff escaped. */
const packed = (bits: string) =>
  Buffer.from(
    (bits.match(/.{1,8}/g) ?? []).flatMap((byte) => {
      const value = parseInt(byte.padEnd(8, '1'), 2);
      return value === 255 ? [255, 0] : [value];
    }),
  );

const binary = (value: number, length: number) => (length === 0 ? '' : value.toString(2).padStart(length, '0'));

function dcBits(level: number): string {
  const size = level === 0 ? 0 : Math.floor(Math.log2(Math.abs(level))) + 1;
  return binary(size, 4) + binary(level < 0 ? level + 2 ** size - 1 : level, size);
}

const START = [Buffer.from([255, 0xd8])];
const END = Buffer.from([255, 0xd9]);
const QUANTISATION = segment(0xdb, Buffer.alloc(65, 1).fill(0, 0, 1));

type FlatJpeg = {
  /** One 0–255 value per component, as it stands in the file: YCbCr, inverted CMYK and so on. */
  colour: number[];
  /** Adobe's word for how the components are to be read: 0 as they are, 1 YCbCr, 2 YCCK; null without the marker. */
  adobe?: number | null;
  side?: number;
  /** What the header says instead of the truth. */
  claimed?: [width: number, height: number];
};

/** A baseline JPEG of one colour, exact, since each block is its DC alone and nothing is quantised. */
export function flatJpeg({ colour, adobe = null, side = 16, claimed = [side, side] }: FlatJpeg): Buffer {
  const blocks = Math.ceil(side / 8) ** 2;
  const first = colour.map((value) => `${dcBits(8 * (value - 128))}0`).join('');
  const others = '00000'.repeat(colour.length * (blocks - 1));
  const marker =
    adobe === null ? [] : [segment(0xee, Buffer.concat([latin1('Adobe\0\x64\0\0\0\0'), Buffer.from([adobe])]))];
  const ids = colour.map((_, at) => at + 1);
  return Buffer.concat([
    ...START,
    ...marker,
    QUANTISATION,
    frameHead(0xc0, ...claimed, colour.length),
    ...huffman(0),
    scanHead(ids, [0, 63, 0]),
    packed(first + others),
    END,
  ]);
}

/** A progressive JPEG of a few bytes per scan, each of which costs a walk over the whole image. */
export function scanBomb(side: number, scans: number): Buffer {
  const blocks = Math.ceil(side / 8) ** 2;
  // One symbol ends up to 32,767 blocks at once (EOB14).
  const runs = Math.ceil(blocks / 32_767);
  const emptyBand = packed(`0${'1'.repeat(14)}`.repeat(runs));
  const dc = packed('0000'.repeat(blocks));
  const bands = Array.from({ length: scans - 1 }, (_, at): [number, number, number] => [
    1 + (at % 63),
    1 + (at % 63),
    0,
  ]);
  return Buffer.concat([
    ...START,
    QUANTISATION,
    frameHead(0xc2, side, side, 1),
    ...huffman(0xe0),
    scanHead([1], [0, 0, 0]),
    dc,
    ...bands.flatMap((band) => [scanHead([1], band), emptyBand]),
    END,
  ]);
}

/** PNG bytes with more chunks right after the header. */
export const withChunks = (file: Buffer, chunks: Buffer[]): Buffer =>
  Buffer.concat([file.subarray(0, 33), Buffer.concat(chunks), file.subarray(33)]);

/** JPEG bytes with one more segment in front. */
export const withSegment = (file: Buffer, marker: number, data: Buffer): Buffer =>
  Buffer.concat([file.subarray(0, 2), segment(marker, data), file.subarray(2)]);
