import type { Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { compressImage } from './compress-image.ts';
import { ImageOptions } from './image-options.ts';
import sharp from './sharp.ts';
import { coloursAt, draw, film, photo, quarters, type Rgba } from './test-images.ts';

const compress = (input: Buffer, options: object = {}) =>
  compressImage(input, ImageOptions.parse(options), { maxPixels: 50_000_000 });

const QUARTERS: [number, number][] = [
  [0.25, 0.25],
  [0.75, 0.25],
  [0.25, 0.75],
  [0.75, 0.75],
];
const QUARTER_COLOURS = [
  [220, 30, 40, 255],
  [40, 180, 60, 255],
  [30, 60, 210, 255],
  [240, 220, 50, 255],
];

/** No channel is further off than lossy encoding takes it. */
const expectNear = (actual: number[][], expected: number[][], tolerance = 8) => {
  const furthest = Math.max(...expected.flatMap((colour, i) => colour.map((v, j) => Math.abs(v - actual[i]![j]!))));
  expect(furthest, `${JSON.stringify(actual)} near ${JSON.stringify(expected)}`).toBeLessThanOrEqual(tolerance);
};

describe('what comes out', () => {
  it.each(['jpeg', 'webp', 'avif', 'png'])('is a %s of the name and type it really has', async (format) => {
    const output = await compress(await photo(320, 240).png().toBuffer(), { format });
    const { mediaType, width, height } = await sharp(output.bytes).metadata();
    expect(output).toMatchObject({ format, contentType: mediaType, width, height, warnings: [] });
    expect(output.extension).toBe(format === 'jpeg' ? 'jpg' : format);
  });

  it.each(['jpeg', 'png', 'webp', 'avif'] as const)('stays a %s when it is to keep its format', async (format) => {
    const input = await photo(320, 240).toFormat(format, { quality: 100, effort: 1 }).toBuffer();
    const output = await compress(input);
    expect(output.format).toBe(format);
    expect(output.bytes.length).toBeLessThan(input.length);
  });

  it.each(['fast', 'balanced', 'small'])('looks like the input at effort %s', async (effort) => {
    const input = await quarters(320, 240).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
    for (const format of ['jpeg', 'webp', 'avif', 'png']) {
      const { bytes } = await compress(input, { format, effort });
      expectNear(await coloursAt(bytes, QUARTERS), QUARTER_COLOURS);
    }
  });

  it('gets smaller with more effort and with less quality', async () => {
    const input = await photo(640, 480).png().toBuffer();
    const size = async (options: object) => (await compress(input, { format: 'jpeg', ...options })).bytes.length;
    const [fast, balanced, low] = [{ effort: 'fast' }, { effort: 'balanced' }, { quality: 40 }].map(size);
    expect(await balanced).toBeLessThan((await fast)!);
    expect(await low).toBeLessThan((await balanced)!);
  });

  it('is lossless for a PNG of quality 100', async () => {
    const input = await photo(64, 64).png({ compressionLevel: 0 }).toBuffer();
    const { bytes } = await compress(input, { quality: 100 });
    expect(await sharp(bytes).ensureAlpha().raw().toBuffer()).toEqual(await sharp(input).raw().toBuffer());
  });
});

/** How upright pixels are laid for each EXIF orientation, one step after the other. */
const LAID: Record<number, ((image: Sharp) => Sharp)[]> = {
  1: [],
  2: [(image) => image.flop()],
  3: [(image) => image.rotate(180)],
  4: [(image) => image.flip()],
  5: [(image) => image.rotate(90), (image) => image.flop()],
  6: [(image) => image.rotate(270)],
  7: [(image) => image.rotate(270), (image) => image.flop()],
  8: [(image) => image.rotate(90)],
};

const laid = async (image: Sharp, orientation: number): Promise<Sharp> => {
  let bytes = await image.png().toBuffer();
  for (const step of LAID[orientation]!) bytes = await step(sharp(bytes)).png().toBuffer();
  return sharp(bytes).withMetadata({ orientation });
};

describe('upright', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turns an image of orientation %i, and fits it by its upright sides', async (o) => {
    const input = await (await laid(quarters(300, 200), o)).jpeg({ quality: 100 }).toBuffer();
    const output = await compress(input, { maxWidth: 150 });
    const { width, height, orientation } = await sharp(output.bytes).metadata();
    expect([width, height, orientation]).toEqual([150, 100, undefined]);
    expectNear(await coloursAt(output.bytes, QUARTERS), QUARTER_COLOURS);
  });

  it('keeps an original that EXIF turns upright, and tells its upright size', async () => {
    const input = await (await laid(photo(300, 200), 6)).jpeg({ quality: 10 }).toBuffer();
    const output = await compress(input);
    expect(output).toMatchObject({ width: 300, height: 200, warnings: ['kept_original'] });
    expect(output.bytes).toBe(input);
  });
});

describe('colours', () => {
  const inProfile = (profile: string, of: Sharp = quarters(300, 200).removeAlpha()) => of.withIccProfile(profile);

  it.each(['jpeg', 'webp', 'avif', 'png'])('are brought from Display P3 to sRGB in a %s', async (format) => {
    const { bytes } = await compress(await inProfile('p3').png({ compressionLevel: 0 }).toBuffer(), { format });
    expect((await sharp(bytes).metadata()).icc).toBeUndefined();
    expectNear(await coloursAt(bytes, QUARTERS), QUARTER_COLOURS);
  });

  it.each(['p3', 'srgb', undefined])('are brought from 16 bits to 8 of sRGB, from the profile %s', async (profile) => {
    const deep = quarters(300, 200).removeAlpha().toColourspace('rgb16');
    const input = await (profile === undefined ? deep : inProfile(profile, deep))
      .png({ compressionLevel: 0 })
      .toBuffer();
    for (const format of ['png', 'jpeg']) {
      const { bytes } = await compress(input, { format });
      expect(await sharp(bytes).metadata()).toMatchObject({ depth: 'uchar', hasProfile: false });
      expectNear(await coloursAt(bytes, QUARTERS), QUARTER_COLOURS);
    }
  });

  it('are brought from CMYK to sRGB, even where that takes more bytes', async () => {
    const cmyk = inProfile('cmyk', quarters(300, 200).removeAlpha().toColourspace('cmyk'));
    const withProfile = await cmyk.jpeg({ quality: 100 }).toBuffer();
    const output = await compress(withProfile);
    expect((await sharp(output.bytes).metadata()).space).toBe('srgb');
    const seen = await sharp(withProfile).toColourspace('srgb').png().toBuffer();
    expectNear(await coloursAt(output.bytes, QUARTERS), await coloursAt(seen, QUARTERS));

    const bare = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#888' } })
      .toColourspace('cmyk')
      .jpeg({ quality: 1 })
      .toBuffer();
    const small = await compress(bare, { format: 'png', quality: 100 });
    expect((await sharp(small.bytes).metadata()).space).not.toBe('cmyk');
  });

  it('stay grey', async () => {
    const input = await quarters(320, 240).greyscale().jpeg({ quality: 100 }).toBuffer();
    const { bytes } = await compress(input);
    expectNear(await coloursAt(bytes, QUARTERS), await coloursAt(input, QUARTERS));
  });
});

describe('transparency', () => {
  const fading = draw(320, 200, (x, y) => [200, y, 40, x < 160 ? 0 : 255]);

  it.each(['png', 'webp', 'avif'])('is kept in a %s', async (format) => {
    const { bytes } = await compress(await fading.clone().png({ compressionLevel: 0 }).toBuffer(), { format });
    const [left, right] = await coloursAt(bytes, [
      [0.2, 0.5],
      [0.8, 0.5],
    ]);
    expect(left![3]).toBe(0);
    expectNear([right!], [[200, 100, 40, 255]]);
  });

  it.each([
    ['#ffffff', undefined],
    ['#1060c0', '#1060c0'],
  ])('lies on %s in a jpeg with the background %s', async (seen, background) => {
    for (const input of [fading.clone(), fading.clone().greyscale(), fading.clone().toColourspace('rgb16')]) {
      const png = await input.png({ compressionLevel: 0 }).toBuffer();
      const { bytes } = await compress(png, { format: 'jpeg', background });
      const colour = [1, 3, 5].map((at) => parseInt(seen.slice(at, at + 2), 16));
      expectNear(await coloursAt(bytes, [[0.2, 0.5]]), [[...colour, 255]]);
    }
  });
});

describe('animation', () => {
  const colours: Rgba[] = [
    [250, 20, 20, 255],
    [20, 250, 20, 255],
    [20, 20, 250, 255],
  ];
  const moving = film(120, 80, colours);
  const timing = { delay: [100, 250, 400], loop: 3 };

  it.each([
    ['gif', 'keep', 'gif'],
    ['gif', 'webp', 'webp'],
    ['webp', 'keep', 'webp'],
  ] as const)('of a %s with format %s is kept as %s, with its rhythm', async (from, format, to) => {
    const input = await moving.clone()[from](timing).toBuffer();
    const output = await compress(input, { format, maxWidth: 60 });
    expect(output).toMatchObject({ format: to, width: 60, height: 40 });
    expect(output.warnings).not.toContain('first_frame_only');
    const all = sharp(output.bytes, { animated: true });
    expect(await all.metadata()).toMatchObject({ pages: 3, pageHeight: 40, ...timing });
    const frames = await all.png().toBuffer();
    const middles: [number, number][] = [1, 3, 5].map((sixths) => [0.5, sixths / 6]);
    expectNear(await coloursAt(frames, middles), colours);
  });

  it.each(['jpeg', 'png', 'avif'])('ends as its first frame in a %s, with a warning', async (format) => {
    const output = await compress(await moving.clone().gif(timing).toBuffer(), { format, maxWidth: 60 });
    expect(output).toMatchObject({ format, width: 60, height: 40 });
    expect(output.warnings).toContain('first_frame_only');
    expectNear(await coloursAt(output.bytes, [[0.5, 0.5]]), [colours[0]!]);
  });

  it('that a camera says to turn ends as its first frame, upright', async () => {
    const input = await moving.clone().withMetadata({ orientation: 6 }).webp(timing).toBuffer();
    const output = await compress(input, { maxHeight: 60 });
    expect(output).toMatchObject({ width: 40, height: 60, warnings: ['first_frame_only'] });
  });

  it('of a PNG is noticed', async () => {
    const still = await photo(64, 64).png({ compressionLevel: 0 }).toBuffer();
    const control = Buffer.from('\0\0\0\x08acTL\0\0\0\x02\0\0\0\0\xf3\x8d\x93\x70', 'latin1');
    const animated = Buffer.concat([still.subarray(0, 33), control, still.subarray(33)]);
    expect((await compress(animated)).warnings).toEqual(['first_frame_only']);
  });
});

describe('never larger', () => {
  it('keeps the input as it is', async () => {
    const input = await photo(320, 240).jpeg({ quality: 10 }).toBuffer();
    const output = await compress(input);
    expect(output.bytes).toBe(input);
    expect(output).toMatchObject({ format: 'jpeg', width: 320, height: 240, warnings: ['kept_original'] });
  });

  it('keeps it in its own format, when it would be larger in the asked one', async () => {
    const input = await photo(320, 240).jpeg({ quality: 10 }).toBuffer();
    const output = await compress(input, { format: 'png' });
    expect(output).toMatchObject({ format: 'jpeg', extension: 'jpg', contentType: 'image/jpeg', bytes: input });
  });

  it('never enlarges pixels', async () => {
    const output = await compress(await photo(320, 240).png().toBuffer(), { maxWidth: 4000, maxHeight: 4000 });
    expect(output).toMatchObject({ width: 320, height: 240 });
  });

  it('fits into both sides asked for, though that takes more bytes', async () => {
    const input = await photo(320, 240).jpeg({ quality: 5 }).toBuffer();
    const output = await compress(input, { maxWidth: 310, maxHeight: 200, quality: 95 });
    expect(output).toMatchObject({ width: 267, height: 200, warnings: ['larger_than_input'] });
    expect(output.bytes.length).toBeGreaterThan(input.length);
  });

  it('takes another format for sides that the asked one can not hold', async () => {
    const input = await sharp({ create: { width: 17_000, height: 4, channels: 3, background: '#246' } })
      .png({ compressionLevel: 0 })
      .toBuffer();
    expect(await compress(input, { format: 'webp' })).toMatchObject({ format: 'png', warnings: ['other_format'] });
    expect(await compress(input, { format: 'webp', maxWidth: 900 })).toMatchObject({ format: 'webp', warnings: [] });
  });
});
