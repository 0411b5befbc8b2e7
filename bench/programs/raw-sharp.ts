import { readFile } from 'node:fs/promises';
import { compressImage } from '../../lib/images/compress-image.ts';
import { encode } from '../../lib/images/encode.ts';
import { ImageOptions } from '../../lib/images/image-options.ts';
import sharp from '../../lib/images/sharp.ts';
import { answer } from '../child.ts';
import { costOf, forEach, type Cost } from '../timed.ts';

export type RawInput = { files: string[]; atOnce: number; effort: string };
export type RawRun = { raw: Cost; checked: Cost };

/** sharp alone, with the settings of lib/images; then lib/images with all its checks. */
await answer(async ({ files, atOnce, effort }: RawInput): Promise<RawRun> => {
  const photos = await Promise.all(files.map((file) => readFile(file)));
  const options = ImageOptions.parse({ effort });
  const raw = (photo: Buffer) => encode(sharp(photo, { autoOrient: true }), 'jpeg', options).toBuffer();
  const checked = (photo: Buffer) => compressImage(photo, options, { maxPixels: 50_000_000 });
  await forEach(photos.slice(0, 2 * atOnce), atOnce, raw);
  return {
    raw: await costOf(() => forEach(photos, atOnce, raw)),
    checked: await costOf(() => forEach(photos, atOnce, checked)),
  };
});
