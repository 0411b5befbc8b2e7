import { describe, expect, it } from 'vitest';
import { checkStructure } from './check-structure.ts';
import { film, photo, type Rgba } from './test-images.ts';

const verdict = (input: Buffer, maxFrames = 10) => {
  try {
    checkStructure(input, maxFrames);
    return 'fine';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

const colours: Rgba[] = [250, 150, 50].map((red) => [red, 20, 20, 255]);
const moving = film(12, 8, colours);

describe('checkStructure', () => {
  it.each([
    ['GIF', () => moving.clone().gif().toBuffer()],
    ['PNG', () => photo(24, 16).png().toBuffer()],
  ])('misses the end of a %s cut anywhere, also between two parts', async (_, make) => {
    const whole = await make();
    expect(verdict(whole)).toBe('fine');
    expect(verdict(Buffer.concat([whole, Buffer.from('more')]))).toBe('fine');
    for (let length = 8; length < whole.length; length++) {
      expect(verdict(whole.subarray(0, length)), `cut to ${length}`).toBe('corrupt_image');
    }
  });

  it('counts the frames of a WebP', async () => {
    const webp = await moving.clone().webp().toBuffer();
    expect(verdict(webp, 3)).toBe('fine');
    expect(verdict(webp, 2)).toBe('too_many_pixels');
  });

  it('counts the passes of a JPEG up to its end, and not those of pictures within its segments', async () => {
    const jpeg = await photo(48, 32).jpeg({ progressive: true }).toBuffer();
    const scans = (times: number) => Buffer.from('ffda0002'.repeat(times), 'hex');
    const preview = Buffer.concat([Buffer.from('ffe11000', 'hex'), Buffer.alloc(0x1000 - 2, scans(1))]);
    const [start, rest] = [jpeg.subarray(0, 2), jpeg.subarray(2)];
    expect(verdict(Buffer.concat([start, preview, rest, scans(200)]))).toBe('fine');
    expect(verdict(Buffer.concat([start, scans(80), rest]))).toBe('fine');
    expect(verdict(Buffer.concat([start, scans(101), rest]))).toBe('corrupt_image');
  });
});
