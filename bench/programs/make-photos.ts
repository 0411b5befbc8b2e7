import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Motif } from '../../samples/motifs.ts';
import { takePhoto, type Shot } from '../../samples/scene.ts';
import { makeTextures } from '../../samples/texture.ts';
import { seededRandom } from '../../tests/fakes/seeded-random.ts';
import { answer } from '../child.ts';
import { forEach } from '../timed.ts';

const MOTIFS: Motif[] = ['bottle', 'mug', 'lamp', 'shoe', 'bag', 'plant', 'chair', 'clock', 'cushion', 'bowl'];
const RATIOS = [1, 4 / 3, 3 / 4, 3 / 2];
/** As cameras and shops save them; about 120 to 900 kB each. */
const QUALITY = 93;

await answer(async ({ directory, count }: { directory: string; count: number }) => {
  const textures = await makeTextures();
  const random = seededRandom(1);
  const shots = Array.from({ length: count }, (): Shot => {
    const pixels = random.whole(1_000_000, 4_000_000);
    const width = Math.round(Math.sqrt(pixels * random.pick(RATIOS)));
    const colour = `#${random.whole(0x202020, 0xd0d0d0).toString(16)}`;
    const view = random.pick(['studio', 'detail'] as const);
    return { motif: random.pick(MOTIFS), colour, view, width, height: Math.round(pixels / width) };
  });
  // Beside the place, and moved when whole: an interrupted run leaves nothing that looks done.
  const fresh = `${directory}-${process.pid}`;
  await mkdir(fresh, { recursive: true });
  await forEach(shots.entries(), 2, async ([nth, shot]) => {
    const photo = await takePhoto(shot, textures);
    await photo.jpeg({ quality: QUALITY }).toFile(join(fresh, `${nth}.jpg`));
  });
  await rm(directory, { recursive: true, force: true });
  await rename(fresh, directory);
  return { made: count };
});
