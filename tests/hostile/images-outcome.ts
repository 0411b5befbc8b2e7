import { compressImage, type CompressedImage } from '../../lib/images/compress-image.ts';
import { ImageError, type ImageErrorCode } from '../../lib/images/image-error.ts';
import { FORMATS } from '../../lib/images/image-format.ts';
import { ImageOptions } from '../../lib/images/image-options.ts';
import { inspectImage } from '../../lib/images/inspect-image.ts';
import sharp from '../../lib/images/sharp.ts';
import { hasLocation } from '../../lib/images/strip-location.ts';

export type Ending = ImageErrorCode | 'image';
export type Outcome = { ending: Ending; output?: CompressedImage };

export const OUTPUT_FORMATS = ['keep', 'jpeg', 'webp', 'avif', 'png'] as const;

/** As a Lambda has it. */
const MAX_PIXELS = 50_000_000;

/** How an image ends; whatever is neither an output nor an ImageError is thrown on. */
export async function outcomeOf(input: Buffer, options: object = {}, maxPixels = MAX_PIXELS): Promise<Outcome> {
  try {
    return { ending: 'image', output: await compressImage(input, ImageOptions.parse(options), { maxPixels }) };
  } catch (error) {
    if (error instanceof ImageError) return { ending: error.code };
    throw error;
  }
}

/** What is wrong with an output by itself, whatever it was made of: nothing, one hopes. */
export async function faultsOf(output: CompressedImage): Promise<string[]> {
  const faults: string[] = [];
  const expect = (isTrue: boolean, fault: string) => {
    if (!isTrue) faults.push(fault);
  };
  const { bytes, format, warnings } = output;
  const metadata = await sharp(bytes).metadata();
  const kept = warnings.includes('kept_original');

  // The pages of an AVIF are pictures beside each other, of which one is shown.
  await sharp(bytes, { animated: FORMATS[format].moves, failOn: 'warning' }).stats();
  expect(metadata.mediaType === output.contentType, `is ${metadata.mediaType}, not ${output.contentType}`);
  expect(FORMATS[format].extension === output.extension, `a ${format} with the extension ${output.extension}`);
  const { width, height } = metadata.autoOrient;
  expect(width === output.width && height === output.height, `${width} x ${height}, not as it says`);
  expect(!hasLocation(bytes, await inspectImage(bytes, { maxPixels: MAX_PIXELS })), 'tells where it was taken');
  if (kept) return faults;
  expect(metadata.orientation === undefined, 'is to be turned');
  expect(['srgb', 'b-w'].includes(metadata.space), `has the colours of ${metadata.space}`);
  expect(metadata.depth === 'uchar', `is ${metadata.depth} deep`);
  for (const kind of ['exif', 'xmp', 'iptc', 'icc', 'comments'] as const) {
    expect(metadata[kind] === undefined, `holds ${kind}`);
  }
  return faults;
}
