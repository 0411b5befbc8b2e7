import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressImage } from './compress-image.ts';
import { ImageError } from './image-error.ts';
import { ImageOptions } from './image-options.ts';
import { decodingError } from './inspect-image.ts';
import { film, photo } from './test-images.ts';

const codeOf = async (input: Buffer, maxPixels = 1_000_000) => {
  const outcome = await compressImage(input, ImageOptions.parse({}), { maxPixels }).catch((error: unknown) => error);
  return (outcome as Partial<ImageError>).code ?? 'compressed';
};
const text = (value: string) => Buffer.from(value);

/** 16 x 16 pixels, written by libheif 1.20 with x265. */
const HEIC =
  'AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAXxtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAABoAABAAAAAAAAACYAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA/GlwcnAAAADcaXBjbwAAAHVodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQApQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbqrprm4CGgwIAAAAyAAAADAIRiAAEABkQBwXPBiQAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAAAChjbGFwAAAAEAAAAAEAAAAQAAAAAf///9AAAAAC////0AAAAAIAAAAQcGl4aQAAAAADCAgIAAAAGGlwbWEAAAAAAAAAAQABBYECAwWEAAAALm1kYXQAAAAiKAGvBBITTOD46cJoP9k3+apWCI8n7asr40mfd7EYkqn/oA==';

const UNSUPPORTED: Record<string, () => Buffer | Promise<Buffer>> = {
  SVG: () => text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
  'SVG behind an XML declaration': () =>
    text('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
  TIFF: () => photo(9, 9).tiff().toBuffer(),
  PDF: () => text('%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>'),
  HEIC: () => Buffer.from(HEIC, 'base64'),
  BMP: () => Buffer.concat([text('BM'), Buffer.from('460000000000000036000000', 'hex'), Buffer.alloc(58)]),
};

describe('what is no image that is read', () => {
  it.each(Object.keys(UNSUPPORTED))('%s is an unsupported format', async (format) => {
    expect(await codeOf(await UNSUPPORTED[format]!())).toBe('unsupported_format');
  });

  it.each(['', 'hello', '<!doctype html><title>404</title>', '{"error":"gone"}', '\0'.repeat(5000)])(
    'is not an image: %j',
    async (garbage) => {
      expect(await codeOf(text(garbage))).toBe('not_an_image');
    },
  );

  // libvips has decoders for these that would follow links or read files.
  it.each(['/etc/passwd', 'P6 1 1 255 abc', '#?RADIANCE\n', 'SIMPLE  =                    T'])(
    'never reaches another decoder: %j',
    async (start) => {
      expect(await codeOf(text(start))).toBe('not_an_image');
    },
  );
});

describe('a damaged image', () => {
  it.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)('is corrupt: %s cut short anywhere', async (format) => {
    const whole = await photo(160, 120).toFormat(format, { effort: 1 }).toBuffer();
    expect(await codeOf(whole)).toBe('compressed');
    for (const part of [0.1, 0.5, 0.9, 0.99]) {
      expect(await codeOf(whole.subarray(0, Math.floor(whole.length * part))), `cut to ${part}`).toBe('corrupt_image');
    }
  });

  it('is corrupt when bytes in its middle are lost', async () => {
    const png = await photo(160, 120).png().toBuffer();
    png.fill(0, 5000, 5200);
    expect(await codeOf(png)).toBe('corrupt_image');
  });
});

it('whatever happens to its bytes, an image ends as an output or as an ImageError', async () => {
  const formats = ['jpeg', 'png', 'webp', 'gif', 'avif'] as const;
  const images = await Promise.all(formats.map((format) => photo(40, 30).toFormat(format, { effort: 1 }).toBuffer()));
  const change = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), byte: fc.nat(255) });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...images), fc.array(change, { minLength: 1 }), async (image, changes) => {
      const bytes = Buffer.from(image);
      // Squared, since the header is where changes matter most.
      for (const { at, byte } of changes) bytes[Math.floor(at ** 2 * (bytes.length - 1))] = byte;
      const outcome = await compressImage(bytes, ImageOptions.parse({ format: 'jpeg' }), {
        maxPixels: 1_000_000,
      }).catch((error: unknown) => error);
      expect(outcome instanceof ImageError || outcome).toEqual(
        outcome instanceof ImageError ? true : expect.objectContaining({ bytes: expect.any(Buffer) }),
      );
    }),
    { numRuns: 300 },
  );
});

describe('too many pixels', () => {
  it('are refused before they are decoded', async () => {
    const input = await photo(200, 100).png().toBuffer();
    expect(await codeOf(input, 20_000)).toBe('compressed');
    expect(await codeOf(input, 19_999)).toBe('too_many_pixels');
  });

  it('are counted over all frames', async () => {
    const input = await film(100, 50, [
      [255, 0, 0, 255],
      [0, 255, 0, 255],
    ])
      .webp()
      .toBuffer();
    expect(await codeOf(input, 10_000)).toBe('compressed');
    expect(await codeOf(input, 9999)).toBe('too_many_pixels');
  });
});

it('a lack of memory is no fault of the image', () => {
  const lack = new Error('vips_image_write_prepare: out of memory');
  expect(decodingError(lack, Buffer.alloc(0))).toBe(lack);
});
