import type { Sharp } from 'sharp';
import { draw, film, photo, quarters, type Rgba } from '../../lib/images/test-images.ts';

/** For each EXIF orientation, which point of the upright image a stored point is. */
const LAID: Record<number, (x: number, y: number) => [x: number, y: number]> = {
  1: (x, y) => [x, y],
  2: (x, y) => [1 - x, y],
  3: (x, y) => [1 - x, 1 - y],
  4: (x, y) => [x, 1 - y],
  5: (x, y) => [y, x],
  6: (x, y) => [1 - y, x],
  7: (x, y) => [1 - y, 1 - x],
  8: (x, y) => [y, 1 - x],
};

export const QUARTERS: { at: [x: number, y: number]; colour: Rgba }[] = [
  { at: [0.25, 0.25], colour: [220, 30, 40, 255] },
  { at: [0.75, 0.25], colour: [40, 180, 60, 255] },
  { at: [0.25, 0.75], colour: [30, 60, 210, 255] },
  { at: [0.75, 0.75], colour: [240, 220, 50, 255] },
];

/** Upright 64 x 32 quarters, stored as a camera held another way stores them. */
export function turned(orientation: number): Sharp {
  const [width, height] = orientation < 5 ? [64, 32] : [32, 64];
  const image = draw(width, height, (x, y) => {
    const [u, v] = LAID[orientation]!((x + 0.5) / width, (y + 0.5) / height);
    return QUARTERS[(v < 0.5 ? 0 : 2) + (u < 0.5 ? 0 : 1)]!.colour;
  });
  return image.withMetadata({ orientation });
}

export const STILL_FORMATS = ['jpeg', 'png', 'webp', 'avif'] as const;

/** The left half see-through, the right one orange. */
const half = () => draw(64, 32, (x) => [220, 120, 40, x < 32 ? 0 : 255]);

export const TRANSPARENT: Record<string, () => Promise<Buffer>> = {
  'PNG with alpha': () => half().png({ compressionLevel: 0 }).toBuffer(),
  'PNG with a transparent palette entry': () => half().png({ palette: true }).toBuffer(),
  'grey PNG with alpha': () => half().greyscale().png({ compressionLevel: 0 }).toBuffer(),
  'PNG of 16 bits with alpha': () => half().toColourspace('rgb16').png({ compressionLevel: 0 }).toBuffer(),
  'interlaced PNG with alpha': () => half().png({ progressive: true, compressionLevel: 0 }).toBuffer(),
  'lossy WebP with alpha': () => half().webp({ quality: 100 }).toBuffer(),
  'lossless WebP with alpha': () => half().webp({ lossless: true }).toBuffer(),
  'GIF with a transparent colour': () => half().gif().toBuffer(),
  'AVIF with alpha': () => half().avif({ quality: 95, effort: 0 }).toBuffer(),
};

export const FRAME_COLOURS: Rgba[] = [
  [250, 20, 20, 255],
  [20, 250, 20, 255],
  [20, 20, 250, 255],
  [240, 240, 20, 255],
];
const moving = () => film(60, 40, FRAME_COLOURS);
const delays = { delay: [100, 200, 300, 400] };

export const ANIMATED: Record<string, () => Promise<Buffer>> = {
  GIF: () => moving().gif(delays).toBuffer(),
  'lossy WebP': () =>
    moving()
      .webp({ ...delays, quality: 95 })
      .toBuffer(),
  'lossless WebP': () =>
    moving()
      .webp({ ...delays, lossless: true })
      .toBuffer(),
};

const xmp = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>SECRET GPSLatitude</rdf:RDF></x:xmpmeta>';

const told = (image: Sharp) =>
  image
    .withExif({ IFD0: { Make: 'SECRET', ImageDescription: 'SECRET' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
    .withXmp(xmp)
    .withIccProfile('p3');

/** Photos that tell what nobody asked for: EXIF, XMP and GPS; large enough to be encoded anew. */
export const TELLING: Record<string, () => Promise<Buffer>> = {
  JPEG: () => told(photo(96, 64).removeAlpha()).jpeg({ quality: 100 }).toBuffer(),
  PNG: () => told(photo(96, 64).removeAlpha()).png({ compressionLevel: 0 }).toBuffer(),
  WebP: () => told(photo(96, 64).removeAlpha()).webp({ quality: 100 }).toBuffer(),
  AVIF: () => told(photo(96, 64).removeAlpha()).avif({ quality: 100, effort: 0 }).toBuffer(),
  'JPEG of few bytes': () => told(photo(96, 64).removeAlpha()).jpeg({ quality: 5 }).toBuffer(),
  'WebP of few bytes': () => told(photo(96, 64).removeAlpha()).webp({ quality: 5 }).toBuffer(),
};

/** One small file of every kind that is read, for cutting and mutating. */
export const EVERY_KIND: Record<string, () => Promise<Buffer>> = {
  JPEG: () => photo(40, 30).jpeg().toBuffer(),
  'progressive JPEG': () => photo(48, 32).jpeg({ progressive: true }).toBuffer(),
  'grey JPEG': () => photo(32, 32).greyscale().jpeg().toBuffer(),
  'CMYK JPEG': () => photo(32, 32).removeAlpha().toColourspace('cmyk').jpeg().toBuffer(),
  'JPEG with EXIF and XMP': () => told(turned(6)).jpeg({ quality: 90 }).toBuffer(),
  PNG: () => photo(24, 16).png().toBuffer(),
  'interlaced PNG': () => photo(24, 16).png({ progressive: true }).toBuffer(),
  'palette PNG': () => quarters(64, 64).png({ palette: true }).toBuffer(),
  'PNG of 16 bits': () => photo(16, 16).toColourspace('rgb16').png().toBuffer(),
  'lossy WebP': () => photo(64, 48).webp().toBuffer(),
  'lossless WebP': () => photo(24, 16).webp({ lossless: true }).toBuffer(),
  'WebP with alpha and EXIF': () => half().withMetadata({ orientation: 6 }).webp({ quality: 80 }).toBuffer(),
  'animated WebP': ANIMATED['lossy WebP']!,
  GIF: () => photo(24, 16).gif().toBuffer(),
  'animated GIF': ANIMATED.GIF!,
  AVIF: () => photo(64, 48).avif({ effort: 0 }).toBuffer(),
  'AVIF with alpha': TRANSPARENT['AVIF with alpha']!,
  'turned AVIF': () => turned(6).avif({ effort: 0 }).toBuffer(),
};
