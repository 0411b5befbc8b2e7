import type { Sharp } from 'sharp';
import { encode } from './encode.ts';
import type { EncodeGate } from './gate.ts';
import { FORMATS, type ImageFormat } from './image-format.ts';
import type { ImageOptions } from './image-options.ts';
import { decodingError, inspectImage, type PixelLimits, type Source } from './inspect-image.ts';
import sharp from './sharp.ts';
import { hasLocation, stripLocation } from './strip-location.ts';

export type ImageWarning =
  /** Compression would have made it larger, so it is the input, byte for byte or with its location blanked. */
  | 'kept_original'
  /** It moved, and the output does not. */
  | 'first_frame_only'
  /** Larger in bytes than the input, which could not stay as it was: over the asked size, CMYK, or telling its place. */
  | 'larger_than_input'
  /** Its sides are longer than the asked format can hold. */
  | 'other_format';

/** Width and height are those of one frame as a viewer shows it. */
export type CompressedImage = {
  bytes: Buffer;
  format: ImageFormat;
  extension: string;
  contentType: string;
  width: number;
  height: number;
  warnings: ImageWarning[];
};

/** The gate bounds what is decoded and encoded at once; without one there is no such bound. */
export type CompressLimits = PixelLimits & { gate?: EncodeGate };

const ungated: EncodeGate = (_, work) => work();

type Result = Pick<CompressedImage, 'bytes' | 'format' | 'width' | 'height' | 'warnings'>;

/**
 * Gives an image that is upright, sRGB and without metadata; or the input itself, where that is smaller and may stay as
 * it is. Throws ImageError for what is no image, unsupported, corrupt or beyond the limits.
 */
export async function compressImage(
  input: Buffer,
  options: ImageOptions,
  { gate = ungated, ...limits }: CompressLimits,
): Promise<CompressedImage> {
  const source = await inspectImage(input, limits);
  const pixels = source.width * source.height * source.frames;
  const encoded = await gate(pixels, () => reencode(input, source, options, limits));
  const result = smaller(input, encoded, () => original(input, source, options));
  // What stays as it is must be whole, not only in the frame that was encoded.
  if (result.warnings.includes('kept_original') && encoded.warnings.includes('first_frame_only')) {
    await gate(pixels, () => decodeAll(input, limits));
  }
  const { extension, contentType } = FORMATS[result.format];
  return { ...result, extension, contentType };
}

async function reencode(input: Buffer, source: Source, options: ImageOptions, limits: PixelLimits): Promise<Result> {
  const format = outputFormat(source, options);
  // libvips can't turn an animation. None should need it; where one does, upright goes before moving.
  const animated = FORMATS[format].moves && source.frames > 1 && source.orientation === 1;
  const image = sharp(input, { animated, autoOrient: true, limitInputPixels: limits.maxPixels });
  prepare(image, source, format, options);
  try {
    const { data, info } = await encode(image, format, options).toBuffer({ resolveWithObject: true });
    const warnings: ImageWarning[] = [];
    if (source.moves && !animated) warnings.push('first_frame_only');
    if (format !== askedFormat(source, options)) warnings.push('other_format');
    return { bytes: data, format, width: info.width, height: info.pageHeight ?? info.height, warnings };
  } catch (error) {
    throw decodingError(error, input);
  }
}

async function decodeAll(input: Buffer, { maxPixels }: PixelLimits): Promise<void> {
  try {
    await sharp(input, { animated: true, limitInputPixels: maxPixels }).stats();
  } catch (error) {
    throw decodingError(error, input);
  }
}

function prepare(image: Sharp, source: Source, format: ImageFormat, options: ImageOptions): void {
  // sharp 0.35 takes 16-bit colours with a profile to Display P3, and then for sRGB: they come out dull.
  if (source.space === 'rgb16') image.pipelineColourspace('srgb');
  if (!FORMATS[format].transparent) image.flatten({ background: options.background });
  if (scaleOf(source, options) < 1) image.resize({ ...boxOf(options), fit: 'inside' });
}

const askedFormat = (source: Source, { format }: ImageOptions) => (format === 'keep' ? source.format : format);

/** The asked format; for sides longer than it can hold the input's own, or PNG, which holds any. */
function outputFormat(source: Source, options: ImageOptions): ImageFormat {
  const longest = Math.max(source.width, source.height) * scaleOf(source, options);
  const wanted = [askedFormat(source, options), source.format];
  return wanted.find((format) => longest <= FORMATS[format].maxSide) ?? 'png';
}

function scaleOf({ width, height }: Source, { maxWidth, maxHeight }: ImageOptions): number {
  return Math.min(1, (maxWidth ?? width) / width, (maxHeight ?? height) / height);
}

const boxOf = ({ maxWidth, maxHeight }: ImageOptions) => ({
  ...(maxWidth !== null && { width: maxWidth }),
  ...(maxHeight !== null && { height: maxHeight }),
});

function smaller(input: Buffer, encoded: Result, keep: () => Result | undefined): Result {
  if (encoded.bytes.length < input.length) return encoded;
  return keep() ?? { ...encoded, warnings: [...encoded.warnings, 'larger_than_input'] };
}

/**
 * The input, where a browser shows it as it should be: its EXIF turns it upright and its profile gives the colours, but
 * for CMYK, which few show right. Undefined when it can't stay as it is.
 */
function original(input: Buffer, source: Source, options: ImageOptions): Result | undefined {
  if (source.space === 'cmyk' || scaleOf(source, options) < 1) return undefined;
  const bytes = hasLocation(input, source) ? stripLocation(input, source) : input;
  const { format, width, height } = source;
  return bytes && { bytes, format, width, height, warnings: ['kept_original'] };
}
