import type { Sharp } from 'sharp';
import sharp from './sharp.ts';

export type Rgba = [red: number, green: number, blue: number, alpha: number];

const RED: Rgba = [220, 30, 40, 255];
const GREEN: Rgba = [40, 180, 60, 255];
const BLUE: Rgba = [30, 60, 210, 255];
const YELLOW: Rgba = [240, 220, 50, 255];

/** Pixels by a function of their place, for any encoder: `draw(…).jpeg().toBuffer()`. */
export function draw(width: number, height: number, colour: (x: number, y: number) => Rgba): Sharp {
  const pixels = Buffer.alloc(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) pixels.set(colour(x, y), (y * width + x) * 4);
  }
  return sharp(pixels, { raw: { width, height, channels: 4 } });
}

/** A colour per quarter, so that every way of lying shows: red, green above blue, yellow. */
export const quarters = (width: number, height: number): Sharp =>
  draw(width, height, (x, y) => (y < height / 2 ? (x < width / 2 ? RED : GREEN) : x < width / 2 ? BLUE : YELLOW));

/** Soft colours with fixed grain: packs like a photo. */
export const photo = (width: number, height: number): Sharp =>
  draw(width, height, (x, y) => {
    const grain = (((x * 7919 + y * 104729 + x * y * 31) % 97) / 97 - 0.5) * 24;
    const wave = (of: number) => 128 + 90 * Math.sin(of) + grain;
    return [wave(x / 50), wave(y / 40 + 1), wave((x + y) / 70 + 2), 255];
  });

/** Frames of one colour each, on top of each other as sharp takes them. */
export const film = (width: number, height: number, colours: Rgba[]): Sharp => {
  const roll = Buffer.concat(colours.map((colour) => Buffer.alloc(width * height * 4, Buffer.from(colour))));
  return sharp(roll, { raw: { width, height: height * colours.length, channels: 4, pageHeight: height } });
};

/** The colours at places given in parts of the width and height, as a viewer without colour management reads them. */
export async function coloursAt(bytes: Buffer, places: [x: number, y: number][]): Promise<number[][]> {
  const { data, info } = await sharp(bytes, { ignoreIcc: true })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return places.map(([x, y]) => {
    const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels;
    return [...data.subarray(at, at + info.channels)];
  });
}
