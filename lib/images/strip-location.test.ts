import { describe, expect, it } from 'vitest';
import type { Sharp } from 'sharp';
import { compressImage } from './compress-image.ts';
import { ImageOptions } from './image-options.ts';
import { inspectImage } from './inspect-image.ts';
import sharp from './sharp.ts';
import { hasLocation, stripLocation } from './strip-location.ts';
import { photo } from './test-images.ts';

const limits = { maxPixels: 1_000_000 };
const located = (image: Sharp) =>
  image.withMetadata({ orientation: 6 }).withExifMerge({
    IFD0: { Make: 'Camera' },
    IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' },
  });
const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="51,30.0N"/></rdf:RDF></x:xmpmeta>`;

const inputs: Record<string, (image: Sharp) => Promise<Buffer>> = {
  'JPEG with EXIF': (image) => located(image).jpeg({ quality: 10 }).toBuffer(),
  'JPEG with XMP': (image) => image.withXmp(xmp).jpeg({ quality: 10 }).toBuffer(),
  'WebP with both': (image) => located(image).withXmp(xmp).webp({ quality: 10 }).toBuffer(),
  'AVIF with both': (image) => located(image).withXmp(xmp).avif({ quality: 10, effort: 0 }).toBuffer(),
};

describe('stripLocation', () => {
  it.each(Object.keys(inputs))('takes the place out of a %s and leaves pixels, size and orientation', async (kind) => {
    const input = await inputs[kind]!(photo(320, 240).removeAlpha());
    const source = await inspectImage(input, limits);
    expect(hasLocation(input, source)).toBe(true);

    const stripped = stripLocation(input, source)!;
    const after = await inspectImage(stripped, limits);
    expect(hasLocation(stripped, after)).toBe(false);
    expect(after).toMatchObject({ width: source.width, height: source.height, orientation: source.orientation });
    expect(stripped.includes('Camera')).toBe(false);
    expect(await sharp(stripped).raw().toBuffer()).toEqual(await sharp(input).raw().toBuffer());
  });

  it('does not touch the input', async () => {
    const input = await inputs['JPEG with EXIF']!(photo(320, 240));
    const before = Buffer.from(input);
    stripLocation(input, await inspectImage(input, limits));
    expect(input).toEqual(before);
  });

  it('gives up where a second place shows elsewhere', async () => {
    const input = await inputs['JPEG with EXIF']!(photo(320, 240));
    const preview = Buffer.concat([input, input]);
    expect(stripLocation(preview, await inspectImage(preview, limits))).toBeUndefined();
  });

  it('sees no place in an image that only names its camera', async () => {
    const input = await photo(320, 240)
      .withExif({ IFD0: { Make: 'GPS camera' } })
      .jpeg()
      .toBuffer();
    expect(hasLocation(input, await inspectImage(input, limits))).toBe(false);
  });
});

describe('a kept original', () => {
  const compress = (input: Buffer) => compressImage(input, ImageOptions.parse({}), limits);

  it.each(Object.keys(inputs))('tells no place: %s', async (kind) => {
    const output = await compress(await inputs[kind]!(photo(320, 240).removeAlpha()));
    expect(output.warnings).toEqual(['kept_original']);
    expect(hasLocation(output.bytes, await inspectImage(output.bytes, limits))).toBe(false);
  });

  it('is given up for a PNG that tells its place, though that takes more bytes', async () => {
    const flat = sharp({ create: { width: 9, height: 9, channels: 3, background: '#808080' } });
    const input = await located(flat).png().toBuffer();
    const output = await compress(input);
    expect(output.warnings).not.toContain('kept_original');
    expect((await sharp(output.bytes).metadata()).exif).toBeUndefined();
  });

  it('is not what a smaller output holds: no EXIF, XMP or profile is left', async () => {
    const input = await located(photo(320, 240)).withXmp(xmp).jpeg({ quality: 100 }).toBuffer();
    const metadata = await sharp((await compress(input)).bytes).metadata();
    expect([metadata.exif, metadata.xmp, metadata.iptc, metadata.icc]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
