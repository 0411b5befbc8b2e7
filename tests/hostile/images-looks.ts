import type { CompressedImage } from '../../lib/images/compress-image.ts';
import sharp from '../../lib/images/sharp.ts';
import { coloursAt } from '../../lib/images/test-images.ts';
import { chunk, withChunks, withSegment } from './images-bytes.ts';
import { type ImageCase, imageClass } from './images-case.ts';
import { COLOURS } from './images-colours.ts';
import { OUTPUT_FORMATS } from './images-outcome.ts';
import { ANIMATED, FRAME_COLOURS, QUARTERS, STILL_FORMATS, TELLING, TRANSPARENT, turned } from './images-sources.ts';

type Seen = { at: [x: number, y: number]; colour: readonly number[] };
type Look = NonNullable<ImageCase['look']>;

/** Faults where a colour is further off, in any of its channels, than lossy encoding takes it. */
async function unlike(bytes: Buffer, wanted: readonly Seen[], tolerance = 12): Promise<string[]> {
  const found = await coloursAt(
    bytes,
    wanted.map(({ at }) => at),
  );
  return wanted.flatMap(({ at, colour }, i) => {
    const isNear = colour.every((value, channel) => Math.abs(value - found[i]![channel]!) <= tolerance);
    return isNear ? [] : [`${found[i]!.join()} instead of ${colour.join()} at ${at.join()}`];
  });
}

const fault = (isRight: boolean, text: string) => (isRight ? [] : [text]);
const middle = (colour: readonly number[]): Seen[] => [{ at: [0.5, 0.5], colour }];
/** A kept original is looked at as a viewer shows it: turned by its EXIF. */
const asShown = ({ bytes }: CompressedImage) => sharp(bytes).autoOrient().png().toBuffer();

const upright: ImageCase[] = STILL_FORMATS.flatMap((from) =>
  OUTPUT_FORMATS.flatMap((format) =>
    [1, 2, 3, 4, 5, 6, 7, 8].map((orientation) => ({
      name: `${from} of orientation ${orientation} to ${format}`,
      bytes: () =>
        turned(orientation).toFormat(from, { quality: 95, chromaSubsampling: '4:4:4', effort: 1 }).toBuffer(),
      options: { format },
      look: async (output: CompressedImage) => [
        ...fault(output.width === 64 && output.height === 32, `is ${output.width} x ${output.height}`),
        ...(await unlike(await asShown(output), QUARTERS, 20)),
      ],
    })),
  ),
);

const keptClear: Look = async ({ bytes, format }) => {
  if (format === 'jpeg') return ['lost what is transparent'];
  const [seeThrough] = await coloursAt(bytes, [[0.2, 0.5]]);
  return fault(seeThrough![3]! <= 8, `alpha ${seeThrough![3]}`);
};
const flattened =
  (background: string): Look =>
  async (output) => {
    if (output.warnings.includes('kept_original')) return keptClear(output);
    const colour = [1, 3, 5].map((at) => parseInt(background.slice(at, at + 2), 16));
    return unlike(output.bytes, [{ at: [0.2, 0.5], colour }]);
  };
const solid =
  (from: string): Look =>
  ({ bytes }) =>
    unlike(bytes, [{ at: [0.8, 0.5], colour: from.startsWith('grey') ? [137, 137, 137, 255] : [220, 120, 40, 255] }]);

const transparent: ImageCase[] = Object.entries(TRANSPARENT).flatMap(([from, bytes]) =>
  OUTPUT_FORMATS.flatMap((format) =>
    [undefined, '#1060c0'].map((background) => ({
      name: `${from} to ${format} on ${background ?? 'white'}`,
      bytes,
      options: { format, ...(background && { background }) },
      look: async (output: CompressedImage) => [
        ...(await (format === 'jpeg' ? flattened(background ?? '#ffffff') : keptClear)(output)),
        ...(await solid(from)(output)),
      ],
    })),
  ),
);

const MOVING = ['gif', 'webp'];

const animated: ImageCase[] = Object.entries(ANIMATED).flatMap(([from, bytes]) =>
  OUTPUT_FORMATS.flatMap((format) =>
    [undefined, 30].map((maxWidth) => ({
      name: `${from} to ${format}${maxWidth ? ` of ${maxWidth}` : ''}`,
      bytes,
      options: { format, ...(maxWidth && { maxWidth }) },
      look: async (output: CompressedImage) => {
        if (!MOVING.includes(output.format)) {
          const told = fault(output.warnings.includes('first_frame_only'), 'does not say that it stands still');
          return [...told, ...(await unlike(output.bytes, middle(FRAME_COLOURS[0]!)))];
        }
        const roll = sharp(output.bytes, { animated: true });
        const { pages, delay } = await roll.metadata();
        const frames = FRAME_COLOURS.map((colour, at): Seen => ({
          at: [0.5, (at + 0.5) / FRAME_COLOURS.length],
          colour,
        }));
        return [
          ...fault(pages === FRAME_COLOURS.length, `${pages} frames`),
          ...fault(String(delay) === '100,200,300,400', `shown for ${String(delay)} ms`),
          ...(await unlike(await roll.png().toBuffer(), frames, 16)),
        ];
      },
    })),
  ),
);

const colours: ImageCase[] = Object.entries(COLOURS).flatMap(([name, [bytes, colour, tolerance = 8]]) =>
  OUTPUT_FORMATS.map((format) => ({
    name: `${name} to ${format}`,
    bytes,
    options: { format },
    look: (output: CompressedImage) => unlike(output.bytes, middle(colour), tolerance),
  })),
);

/** Words that no program shows, and that no output may carry on. */
const TOLD: Record<string, ImageCase['bytes']> = {
  ...TELLING,
  'PNG with texts': async () => {
    const texts = ['tEXt', 'eXIf'].map((type) => chunk(type, Buffer.from('Comment\0SECRET'.repeat(99))));
    return withChunks(await TELLING.PNG!(), texts);
  },
  'JPEG with comments and IPTC': async () => {
    const secret = Buffer.from('SECRET'.repeat(99));
    const photoshop = Buffer.concat([
      Buffer.from('Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0e\x1c\x02\x78\0\x09'),
      secret,
    ]);
    return withSegment(withSegment(await TELLING.JPEG!(), 0xfe, secret), 0xed, photoshop);
  },
};

const telling: ImageCase[] = Object.entries(TOLD).flatMap(([from, bytes]) =>
  OUTPUT_FORMATS.map((format) => ({
    name: `${from} to ${format}`,
    bytes,
    options: { format },
    look: (output: CompressedImage) => Promise.resolve(fault(!output.bytes.includes('SECRET'), 'tells the secret')),
  })),
);

export const LOOKS = [
  imageClass({
    input: 'All eight EXIF orientations, in and out of every format',
    endings: ['image'],
    looks: 'that is upright',
    seconds: 2,
    list: upright,
  }),
  imageClass({
    input: 'Transparent images to every format, with a background and without',
    endings: ['image'],
    looks: 'as transparent, or on its background',
    seconds: 2,
    list: transparent,
  }),
  imageClass({
    input: 'Animations to every format',
    endings: ['image'],
    looks: 'with all frames and delays, or the first and a warning',
    seconds: 2,
    list: animated,
  }),
  imageClass({
    input: 'Grey, CMYK, YCCK, 16 bits; true, wrong, broken profiles',
    endings: ['image'],
    looks: 'of the right colours in sRGB',
    seconds: 2,
    list: colours,
  }),
  imageClass({
    input: 'EXIF, GPS, XMP, IPTC, profiles, texts and comments',
    endings: ['image'],
    looks: 'without any of them',
    seconds: 2,
    list: telling,
  }),
];
