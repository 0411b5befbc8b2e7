import type { Metadata } from 'sharp';
import { checkStructure } from './check-structure.ts';
import { ImageError } from './image-error.ts';
import type { ImageFormat } from './image-format.ts';
import sharp from './sharp.ts';
import { isReadable, sniffFormat } from './sniff-format.ts';

export type PixelLimits = {
  /** Over all frames of an animation. */
  maxPixels: number;
};

/** An image as its header tells it. Width and height are pixels of one frame, upright. */
export type Source = {
  format: ImageFormat;
  width: number;
  height: number;
  frames: number;
  moves: boolean;
  /** How EXIF says the pixels lie; 1 is upright. */
  orientation: number;
  /** libvips's name for the kind of its colours, such as `srgb`, `b-w`, `rgb16`, `cmyk`. */
  space: string;
  exif: Buffer | undefined;
  xmp: Buffer | undefined;
};

/** What a frame costs however small it is, in pixels; libvips writes an animation in time that grows with their square. */
const LEAST_FRAME_PIXELS = 4_096;

/** Decodes no pixels; throws the ImageError of what can be told without them. */
export async function inspectImage(input: Buffer, { maxPixels }: PixelLimits): Promise<Source> {
  checkStructure(input, maxPixels / LEAST_FRAME_PIXELS);
  const metadata = await readMetadata(input, maxPixels);
  const format = formatOf(metadata);
  // The pages of an AVIF are pictures beside each other, of which one is meant to be shown.
  const frames = format === 'avif' ? 1 : (metadata.pages ?? 1);
  const source = {
    format,
    width: metadata.autoOrient.width,
    height: metadata.autoOrient.height,
    frames,
    moves: frames > 1 || (format === 'png' && isAnimatedPng(input)),
    orientation: metadata.orientation ?? 1,
    space: metadata.space,
    exif: metadata.exif,
    xmp: metadata.xmp,
  };
  const framePixels = source.width * source.height;
  const pixels = frames === 1 ? framePixels : Math.max(framePixels, LEAST_FRAME_PIXELS) * frames;
  if (pixels > maxPixels) throw new ImageError('too_many_pixels');
  return source;
}

async function readMetadata(input: Buffer, maxPixels: number): Promise<Metadata> {
  if (input.length === 0) throw new ImageError('not_an_image');
  try {
    return await sharp(input, { limitInputPixels: maxPixels }).metadata();
  } catch (error) {
    throw decodingError(error, input);
  }
}

/** The ImageError behind what libvips says of an input; a lack of memory, which may pass, is given back as it is. */
export function decodingError(error: unknown, input: Buffer): unknown {
  const message = error instanceof Error ? error.message : '';
  if (/(out of|insufficient) memory/i.test(message)) return error;
  if (message.includes('exceeds pixel limit')) return new ImageError('too_many_pixels', { cause: error });
  const format = sniffFormat(input);
  if (format && !isReadable(format)) return new ImageError('unsupported_format', { cause: error });
  if (!message.includes('unsupported image format')) return new ImageError('corrupt_image', { cause: error });
  return new ImageError(format ? 'unsupported_format' : 'not_an_image', { cause: error });
}

function formatOf({ format, compression }: Metadata): ImageFormat {
  switch (format) {
    case 'jpeg':
    case 'png':
    case 'webp':
    case 'gif':
      return format;
    case 'heif':
      if (compression === 'av1') return 'avif';
      throw new ImageError('unsupported_format');
    default:
      throw new ImageError('unsupported_format');
  }
}

/** libvips reads an animated PNG as a still one; its control chunk comes before the pixels. */
const isAnimatedPng = (input: Buffer) => input.subarray(0, input.indexOf('IDAT')).includes('acTL');
