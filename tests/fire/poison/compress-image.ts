import { compressImage as compress, type CompressLimits } from '../../../lib/images/compress-image.ts';
import { poisonIn, type Poison } from './poison.ts';

/** Takes the place of the product's own: images that are poisoned do what a faulty codec might. */
export const compressImage: typeof compress = async (input, options, limits) => {
  const poison = poisonIn(input);
  if (poison) await suffer(poison, limits);
  return await compress(input, options, limits);
};

async function suffer(poison: Poison, { gate, maxPixels }: CompressLimits): Promise<void> {
  switch (poison) {
    case 'hangs':
      // As the largest image that is allowed: nothing else gets through the gate meanwhile.
      await gate?.(maxPixels, () => new Promise(() => undefined));
      break;
    case 'exhausts':
      for (const held: unknown[] = []; ;) held.push(new Array(10_000).fill(held.length).map(String));
    case 'kills':
      process.kill(process.pid, 'SIGKILL');
      await new Promise(() => undefined);
      break;
    case 'spins':
      for (;;);
  }
}
