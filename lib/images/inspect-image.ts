import type { Metadata } from 'sharp';
import { ImageError } from './image-error.ts';
import type { ImageFormat } from './image-format.ts';
import sharp from './sharp.ts';
import { sniffFormat } from './sniff-format.ts';

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

/** Reads the header only; throws the ImageError of what can be told from it. */
export async function inspectImage(input: Buffer, { maxPixels }: PixelLimits): Promise<Source> {
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
  if (source.width * source.height * source.frames > maxPixels) throw new ImageError('too_many_pixels');
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
  if (message.includes('unsupported image format')) {
    return new ImageError(sniffFormat(input) ? 'unsupported_format' : 'not_an_image', { cause: error });
  }
  return new ImageError('corrupt_image', { cause: error });
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
