import sharp from '../../lib/images/sharp.ts';
import { flatJpeg } from './images-bytes.ts';
import type { ImageCase } from './images-case.ts';
import { fromLinear, jpegWith, pngWith, PROFILES } from './images-profiles.ts';

const ORANGE = [200, 90, 30];
const flatPng = (colour: number[]) => {
  const [r, g, b] = colour;
  return sharp({ create: { width: 16, height: 16, channels: 3, background: { r: r!, g: g!, b: b! } } })
    .png({ compressionLevel: 0 })
    .toBuffer();
};
const greyPng = (value: number) =>
  sharp(Buffer.alloc(256, value), { raw: { width: 16, height: 16, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: 0 })
    .toBuffer();
const orangeJpeg = () => flatJpeg({ colour: ORANGE, adobe: 0 });

/** Files of one colour, and what it is in sRGB; inks have no exact one, so they may be far off. */
export const COLOURS: Record<string, [bytes: ImageCase['bytes'], colour: number[], tolerance?: number]> = {
  'JPEG of grey': [() => flatJpeg({ colour: [200] }), [200, 200, 200]],
  'JPEG of YCbCr': [() => flatJpeg({ colour: [200, 90, 160] }), [245, 190, 133]],
  'JPEG of RGB by Adobe’s marker': [orangeJpeg, ORANGE],
  'CMYK JPEG by Adobe, no ink': [() => flatJpeg({ colour: [255, 255, 255, 255], adobe: 0 }), [255, 255, 255]],
  'CMYK JPEG by Adobe, cyan': [() => flatJpeg({ colour: [0, 255, 255, 255], adobe: 0 }), [0, 160, 230], 30],
  'CMYK JPEG by Adobe, magenta': [() => flatJpeg({ colour: [255, 0, 255, 255], adobe: 0 }), [230, 0, 130], 30],
  'CMYK JPEG by Adobe, yellow': [() => flatJpeg({ colour: [255, 255, 0, 255], adobe: 0 }), [255, 240, 0], 30],
  'CMYK JPEG by Adobe, black': [() => flatJpeg({ colour: [255, 255, 255, 0], adobe: 0 }), [20, 20, 20], 30],
  'CMYK JPEG without the marker, as browsers read it': [
    () => flatJpeg({ colour: [0, 255, 255, 255] }),
    [0, 160, 230],
    30,
  ],
  'YCCK JPEG, no ink': [() => flatJpeg({ colour: [0, 128, 128, 255], adobe: 2 }), [255, 255, 255]],
  'YCCK JPEG, black': [() => flatJpeg({ colour: [0, 128, 128, 0], adobe: 2 }), [20, 20, 20], 30],
  'YCCK JPEG, cyan': [() => flatJpeg({ colour: [76, 85, 255, 255], adobe: 2 }), [0, 160, 230], 30],
  'CMYK JPEG with a profile of RGB': [
    () => jpegWith(flatJpeg({ colour: [255, 255, 255, 255], adobe: 0 }), PROFILES.turned),
    [255, 255, 255],
  ],
  'CMYK JPEG with a hollow profile': [
    () => jpegWith(flatJpeg({ colour: [255, 255, 255, 255], adobe: 0 }), PROFILES.hollow),
    [255, 255, 255],
  ],
  'grey PNG with a linear profile': [
    async () => pngWith(await greyPng(100), PROFILES.grey),
    Array<number>(3).fill(fromLinear(100)),
  ],
  'grey PNG with a profile of RGB': [async () => pngWith(await greyPng(100), PROFILES.turned), [100, 100, 100]],
  ...Object.fromEntries(
    Object.entries({
      'a profile like sRGB': [PROFILES.plain, ORANGE],
      'a profile of turned primaries': [PROFILES.turned, [30, 200, 90]],
      'a linear profile': [PROFILES.linear, ORANGE.map(fromLinear)],
      'a profile of grey': [PROFILES.grey, ORANGE],
      'a hollow profile of CMYK': [PROFILES.hollow, ORANGE],
      'half a profile': [PROFILES.turned.subarray(0, 200), ORANGE],
      'an empty profile': [Buffer.alloc(0), ORANGE],
      'garbage for a profile': [Buffer.alloc(3_000, 7), ORANGE],
    } as const).flatMap(([name, [icc, colour]]) => [
      [`PNG with ${name}`, [async () => pngWith(await flatPng(ORANGE), icc), colour]],
      [`JPEG with ${name}`, [() => jpegWith(orangeJpeg(), icc), colour]],
    ]),
  ),
};
