import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { sampleCsv, samplePictures, type Picture } from './catalogue.ts';
import { KINDS } from './kinds.ts';
import { takePhoto } from './scene.ts';
import { makeTextures, type Textures } from './texture.ts';

export const SAMPLES_DIR = join(import.meta.dirname, '../.local/samples');
/** Holds the version of the code that made the images beside it. */
const STAMP = 'made-by';

/**
 * Makes the sample images, unless the directory holds them already as this code makes them; takes about 10 s. Not to be
 * called where lib/images is loaded too, since that forbids SVG, of which they are made, to the whole process.
 */
export async function ensureSamples(dir: string = SAMPLES_DIR): Promise<void> {
  const version = await codeVersion();
  if ((await readFile(join(dir, STAMP), 'utf8').catch(absent)) === version) return;
  // Beside the old ones, and moved when whole: an interrupted run leaves nothing half done, a running host nothing to miss.
  const fresh = `${dir}-${process.pid}`;
  await mkdir(fresh, { recursive: true });
  await makeSamples(fresh, samplePictures());
  await writeFile(join(fresh, STAMP), version);
  await rm(dir, { recursive: true, force: true });
  await rename(fresh, dir);
}

/** Writes the files of the pictures; the same bytes on every run. */
export async function makeSamples(dir: string, pictures: Picture[]): Promise<void> {
  const textures = await makeTextures();
  const todo = pictures.values();
  const work = async () => {
    for (const picture of todo) await writeFile(join(dir, picture.file), await develop(picture, textures));
  };
  await Promise.all([work(), work(), work()]);
}

async function develop({ kind, shots }: Picture, textures: Textures): Promise<Buffer> {
  const photos = await Promise.all(shots.map((shot) => takePhoto(shot, textures)));
  const [photo] = photos;
  if (!photo) throw new Error('A picture needs a shot.');
  return KINDS[kind].develop(photos.length === 1 ? photo : await film(photos));
}

async function film(photos: Sharp[]): Promise<Sharp> {
  const frames = await Promise.all(photos.map((photo) => photo.png({ compressionLevel: 0 }).toBuffer()));
  return sharp(frames, { join: { animated: true } });
}

/** What the pictures are made of: when any of it changes, they are made anew. */
const INGREDIENTS = ['catalogue', 'kinds', 'make-samples', 'motifs', 'products', 'scene', 'texture'];

async function codeVersion(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of INGREDIENTS) hash.update(await readFile(join(import.meta.dirname, `${name}.ts`)));
  return hash.digest('hex');
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

if (import.meta.main) {
  await ensureSamples();
  await writeFile(join(import.meta.dirname, 'products.csv'), sampleCsv());
  console.log(`${samplePictures().length} images are in .local/samples, their CSV is samples/products.csv.`);
}
