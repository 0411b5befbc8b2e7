import { deflateSync } from 'node:zlib';
import { chunk, withChunks, withSegment } from './images-bytes.ts';

/** sRGB's primaries as profiles give them, for the white of D50. */
const RED = [0.43607, 0.22249, 0.01392];
const GREEN = [0.38515, 0.71687, 0.09708];
const BLUE = [0.14307, 0.06061, 0.7141];

const number = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(Math.round(value * 65_536));
  return bytes;
};
const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const xyz = (values: number[]) => Buffer.concat([Buffer.from('XYZ \0\0\0\0'), ...values.map(number)]);
const curve = (gamma: number) =>
  Buffer.from([...Buffer.from('curv\0\0\0\0\0\0\0\x01'), Math.floor(gamma), (gamma % 1) * 256, 0, 0]);

/** An ICC profile of three primaries and a gamma, or of grey with a gamma alone. */
function profile(space: 'RGB ' | 'GRAY' | 'CMYK', tags: [name: string, data: Buffer][]): Buffer {
  let end = 132 + 12 * tags.length;
  const entries = tags.map(([name, data]) => {
    const entry = Buffer.concat([Buffer.from(name), u32(end), u32(data.length)]);
    end += data.length;
    return entry;
  });
  const head = Buffer.alloc(128);
  head.writeUInt32BE(end);
  head.write('\x02\x10', 8, 'latin1');
  head.write(`mntr${space}XYZ `, 12);
  head.write('acsp', 36);
  Buffer.concat([0.9642, 1, 0.8249].map(number)).copy(head, 68);
  return Buffer.concat([head, u32(tags.length), ...entries, ...tags.map(([, data]) => data)]);
}

const rgb = (gamma: number, [r, g, b]: [number[], number[], number[]]) =>
  profile('RGB ', [
    ['wtpt', xyz([0.9642, 1, 0.8249])],
    ...(
      [
        ['r', r],
        ['g', g],
        ['b', b],
      ] as const
    ).map(([name, primary]): [string, Buffer] => [`${name}XYZ`, xyz(primary)]),
    ...['r', 'g', 'b'].map((name): [string, Buffer] => [`${name}TRC`, curve(gamma)]),
  ]);

/** What each does to a colour is known without any library. */
export const PROFILES = {
  plain: rgb(2.2, [RED, GREEN, BLUE]),
  /** The first channel is green, the second blue, the third red. */
  turned: rgb(2.2, [GREEN, BLUE, RED]),
  linear: rgb(1, [RED, GREEN, BLUE]),
  grey: profile('GRAY', [
    ['wtpt', xyz([0.9642, 1, 0.8249])],
    ['kTRC', curve(1)],
  ]),
  /** CMYK by name, without the tables that it needs. */
  hollow: profile('CMYK', []),
};

export const pngWith = (file: Buffer, icc: Buffer): Buffer =>
  withChunks(file, [chunk('iCCP', Buffer.concat([Buffer.from('x\0\0'), deflateSync(icc)]))]);

export const jpegWith = (file: Buffer, icc: Buffer): Buffer =>
  withSegment(file, 0xe2, Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01'), icc]));

/** A value of 0–255 in a linear profile as sRGB writes it. */
export function fromLinear(value: number): number {
  const part = value / 255;
  return 255 * (part <= 0.0031308 ? 12.92 * part : 1.055 * part ** (1 / 2.4) - 0.055);
}
