import { basename, join } from 'node:path';
import sharp from 'sharp';
import type { ImageOptions } from '../../lib/images/image-options.ts';
import type { ProductView } from '../../lib/requests/views.ts';
import { sampleProducts } from '../catalogue.ts';
import type { Outcome } from '../kinds.ts';
import { SAMPLES_DIR } from '../make-samples.ts';
import { isOutput } from './expected.ts';

/** One output, or the lack of one, beside what the catalogue says of its input. */
type Pair = { outcome: Outcome; image: ProductView['images'][number] };

/** Sharp's name for what an AVIF file is to it. */
const SHARP_FORMAT: Record<string, string> = { avif: 'heif' };
const AT_ONCE = 4;

/**
 * Downloads every output and checks that it opens, is what it says it is, stands upright, has the input's size in pixels
 * and fewer bytes; tells what differs. `format` is what was asked for; 'keep' also tells compressed from kept images.
 */
export async function checkOutputs(products: ProductView[], format: ImageOptions['format']): Promise<string[]> {
  const expected = sampleProducts().flatMap(({ images }) => images);
  const images = products.flatMap((product) => product.images);
  const pairs = expected.flatMap(({ outcome }, at) => {
    const image = images[at];
    return image ? [{ outcome, image }] : [];
  });
  const differences: string[] = [];
  const todo = pairs.values();
  const work = async () => {
    for (const pair of todo) {
      const differs = [...checkOutcome(pair, format), ...(await checkFile(pair.image))];
      differences.push(...differs.map((text) => `${pair.image.url}: ${text}`));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return differences;
}

/** Only with the sample's own formats is it known which images can't be made smaller. */
function checkOutcome({ outcome, image }: Pair, asked: ImageOptions['format']): string[] {
  const end = image.code ?? (image.warnings.includes('kept_original') ? 'kept_original' : 'compressed');
  const expected: string[] = asked === 'keep' || !isOutput(outcome) ? [outcome] : ['compressed', 'kept_original'];
  if (!expected.includes(end)) return [`ended as ${end}, not ${expected.join(' or ')}`];
  const otherFormat = asked !== 'keep' && end === 'compressed' && image.format !== asked;
  return otherFormat ? [`came out as ${image.format ?? 'nothing'}, not ${asked}`] : [];
}

async function checkFile({ url, outputUrl, bytesIn, bytesOut, format, ...image }: Pair['image']): Promise<string[]> {
  if (outputUrl === null || format === null) return [];
  const response = await fetch(outputUrl);
  const bytes = Buffer.from(await response.arrayBuffer());
  if (!response.ok) return [`${outputUrl} is answered with ${response.status}`];
  const output = await sharp(bytes).metadata();
  const source = await sharp(join(SAMPLES_DIR, fileNamed(url))).metadata();
  await sharp(bytes).resize(8).toBuffer();
  const checks: [string, boolean][] = [
    ['content type', response.headers.get('content-type') === `image/${format}`],
    ['format', output.format === (SHARP_FORMAT[format] ?? format)],
    ['length', bytes.length === bytesOut && bytesOut <= bytesIn],
    ['size', output.width === image.width && output.height === image.height],
    ['turned', output.width === source.autoOrient.width && output.height === source.autoOrient.height],
    ['orientation', (output.orientation ?? 1) === 1],
    ['smaller', bytesOut < bytesIn || image.warnings.includes('kept_original')],
  ];
  return checks.flatMap(([what, holds]) => (holds ? [] : [`${what} is wrong in ${outputUrl}`]));
}

/** As image-host.ts finds the file of an address. */
function fileNamed(url: string): string {
  const { pathname, searchParams } = new URL(url);
  return basename(searchParams.get('file') ?? pathname);
}
