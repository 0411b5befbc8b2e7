import sharp from 'sharp';

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Grey noise around the middle; amplitude in grey levels. */
const noise = (width: number, height: number, amplitude: number, seed: number) => {
  const random = seeded(seed);
  // The sum of two is closer to the grain of a sensor than one.
  const pixels = Uint8Array.from({ length: width * height }, () => 128 + (random() + random() - 1) * amplitude);
  return sharp(pixels, { raw: { width, height, channels: 1 } });
};

const stretched = (source: ReturnType<typeof noise>, width: number, height: number) =>
  source.resize(width, height, { fit: 'fill', kernel: 'cubic' }).png({ compressionLevel: 1 }).toBuffer();

/** No photo has a longer side, so that no seam shows. */
const MAX_SIDE = 1536;

/** Blotches, coarse to fine, stretched along one side or the other: `wide` of 8 gives wood, 1 gives plaster. */
const surface = async (wide: number, seed: number) => {
  const octaves = await Promise.all(
    [16, 64, 256].map((cells, at) =>
      stretched(
        noise(Math.max(2, Math.round(cells / wide)), cells, [50, 40, 40][at] ?? 0, seed + at),
        MAX_SIDE,
        MAX_SIDE,
      ),
    ),
  );
  const [coarse, ...finer] = octaves;
  return sharp(coarse)
    .composite(finer.map((input) => ({ input, blend: 'overlay' })))
    .toColourspace('srgb')
    .png({ compressionLevel: 1 })
    .toBuffer();
};

export type Textures = Record<'grain' | 'plaster' | 'wood', Buffer>;

/** Grey PNGs to be laid over a scene; made once for all of them, since noise is what takes time. */
export async function makeTextures(): Promise<Textures> {
  const [grain, plaster, wood] = await Promise.all([
    noise(512, 512, 26, 1).toColourspace('srgb').png({ compressionLevel: 1 }).toBuffer(),
    surface(1, 10),
    surface(12, 20),
  ]);
  return { grain, plaster, wood };
}
