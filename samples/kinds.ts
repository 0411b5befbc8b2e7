import sharp, { type Sharp } from 'sharp';
import type { ImageErrorCode } from '../lib/images/image-error.ts';
import type { ImageFormat } from '../lib/images/image-format.ts';

export type Outcome = 'compressed' | 'kept_original' | ImageErrorCode;

type FileKind = {
  extension: ImageFormat | 'jpg';
  /** What Rowpress makes of it with its default options. */
  becomes: Outcome;
  /** Sides in pixels, where they matter; else the photo's own. */
  side?: number;
  /** Of a film. */
  frames?: number;
  develop: (photo: Sharp) => Promise<Buffer>;
};

const kept = 'kept_original';
const compressed = 'compressed';
const jpeg = { extension: 'jpg', becomes: compressed } as const;
const png = { extension: 'png', becomes: compressed } as const;

const PLACE = {
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '48/1 51/1 30/1', GPSLongitudeRef: 'E', GPSLongitude: '2/1 17/1 40/1' },
};

/** Laid as a turned camera lays them, with the EXIF orientation that tells so. */
const turned = (orientation: 3 | 6 | 8) => async (photo: Sharp) => {
  const angle = { 3: 180, 6: 270, 8: 90 }[orientation];
  const { data, info } = await photo.rotate(angle).raw().toBuffer({ resolveWithObject: true });
  return sharp(data, { raw: info }).withMetadata({ orientation });
};
const saved = { quality: 93 };

/** The ways in which shops save the same photo. */
const FILES = {
  jpeg: { ...jpeg, develop: (photo) => photo.jpeg(saved).toBuffer() },
  'jpeg-progressive': { ...jpeg, develop: (photo) => photo.jpeg({ ...saved, progressive: true }).toBuffer() },
  'jpeg-finest': { ...jpeg, develop: (photo) => photo.jpeg({ quality: 97, chromaSubsampling: '4:4:4' }).toBuffer() },
  'jpeg-grey': { ...jpeg, develop: (photo) => photo.greyscale().toColourspace('b-w').jpeg(saved).toBuffer() },
  'jpeg-cmyk': { ...jpeg, develop: (photo) => photo.toColourspace('cmyk').jpeg(saved).toBuffer() },
  'jpeg-p3': { ...jpeg, develop: (photo) => photo.withIccProfile('p3').jpeg(saved).toBuffer() },
  'jpeg-upside-down': { ...jpeg, develop: async (photo) => (await turned(3)(photo)).jpeg(saved).toBuffer() },
  'jpeg-right': { ...jpeg, develop: async (photo) => (await turned(8)(photo)).jpeg(saved).toBuffer() },
  'jpeg-left-gps': {
    ...jpeg,
    develop: async (photo) => (await turned(6)(photo)).withExifMerge(PLACE).jpeg(saved).toBuffer(),
  },
  'jpeg-optimised': {
    ...jpeg,
    becomes: kept,
    develop: (photo) => photo.jpeg({ quality: 55, mozjpeg: true }).toBuffer(),
  },
  'jpeg-optimised-gps': {
    ...jpeg,
    becomes: kept,
    develop: (photo) => photo.withExifMerge(PLACE).jpeg({ quality: 55, mozjpeg: true }).toBuffer(),
  },
  'jpeg-tiny': {
    ...jpeg,
    becomes: kept,
    side: 96,
    develop: (photo) => photo.jpeg({ quality: 40, mozjpeg: true }).toBuffer(),
  },
  'png-huge': {
    ...png,
    becomes: 'too_many_pixels',
    develop: () =>
      sharp({ create: { width: 9000, height: 6000, channels: 3, background: '#ddd' } })
        .png()
        .toBuffer(),
  },
  png: { ...png, side: 800, develop: (photo) => photo.png().toBuffer() },
  'png-deep': {
    ...png,
    side: 600,
    develop: (photo) => photo.toColourspace('rgb16').png({ compressionLevel: 2 }).toBuffer(),
  },
  webp: { extension: 'webp', becomes: compressed, develop: (photo) => photo.webp({ ...saved, effort: 1 }).toBuffer() },
  avif: {
    extension: 'avif',
    becomes: compressed,
    develop: (photo) => photo.avif({ quality: 85, effort: 0 }).toBuffer(),
  },
  gif: { extension: 'gif', becomes: compressed, develop: (photo) => photo.gif({ effort: 1 }).toBuffer() },
  'gif-animated': {
    extension: 'gif',
    becomes: compressed,
    side: 360,
    frames: 6,
    develop: (film) => film.gif({ effort: 1, delay: 250, dither: 1 }).toBuffer(),
  },
  'webp-animated': {
    extension: 'webp',
    becomes: compressed,
    side: 360,
    frames: 6,
    develop: (film) => film.webp({ quality: 95, effort: 1, delay: 250 }).toBuffer(),
  },
} satisfies Record<string, FileKind>;

export type Kind = keyof typeof FILES;

export const KINDS: Record<Kind, FileKind> = FILES;
