import { mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Picture } from '../../../samples/catalogue.ts';
import type { Motif } from '../../../samples/motifs.ts';
import { makeSamples } from '../../../samples/make-samples.ts';
import type { View } from '../../../samples/scene.ts';

const MOTIFS: Motif[] = ['mug', 'shoe', 'lamp', 'bag', 'bottle', 'headphones', 'chair', 'clock', 'plant', 'cushion'];
const COLOURS = [
  '#2f6f8f',
  '#b33a3a',
  '#c98a3a',
  '#7a4a5a',
  '#5b7a2a',
  '#3a5a8a',
  '#c99a2e',
  '#4a6a4a',
  '#a8654a',
  '#6a4a8a',
];
const VIEWS: View[] = ['studio', 'room', 'detail'];
const SIDE = 900;

/** Photos of what world.ts sells, by the last part of an address, whose ending tells the kind: `mug-2.webp`. */
export async function productPhotos(folder: string): Promise<(path: string) => Buffer | undefined> {
  await mkdir(folder, { recursive: true });
  await makeSamples(folder, pictures());
  const files = await readdir(folder);
  const photos = new Map(
    await Promise.all(files.map(async (file) => [file, await readFile(join(folder, file))] as const)),
  );
  return (path) => {
    const [, motif = ''] = /^([a-z]+)/.exec(basename(path)) ?? [];
    return photos.get(basename(path)) ?? photos.get(`${motif}-1.jpg`);
  };
}

const pictures = (): Picture[] =>
  MOTIFS.flatMap((motif, nth) =>
    VIEWS.flatMap((view, at) => {
      const shots = [{ motif, colour: COLOURS[nth] ?? '#888888', view, width: SIDE, height: SIDE }];
      const name = `${motif}-${at + 1}`;
      return [
        { file: `${name}.jpg`, kind: 'jpeg' as const, shots },
        ...(at === 1 ? [{ file: `${name}.webp`, kind: 'webp' as const, shots }] : []),
        ...(at !== 0 && motif !== 'lamp' ? [] : [{ file: `${name}.png`, kind: 'png' as const, shots }]),
      ];
    }),
  );
