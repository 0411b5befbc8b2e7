import { describe, expect, it } from 'vitest';
import { ImageOptions, optionFields } from './image-options.ts';

const messages = (value: unknown) => ImageOptions.safeParse(value).error?.issues.map(({ message }) => message) ?? [];

describe('ImageOptions', () => {
  it('has a default for everything', () => {
    expect(ImageOptions.parse({})).toEqual({
      format: 'keep',
      quality: null,
      effort: 'balanced',
      maxWidth: null,
      maxHeight: null,
      background: '#ffffff',
    });
  });

  it('reads form fields', () => {
    const fields = { format: 'WebP', quality: '75', effort: ' small', maxWidth: '800', background: '#FFEEDD' };
    expect(ImageOptions.parse(fields)).toEqual({
      format: 'webp',
      quality: 75,
      effort: 'small',
      maxWidth: 800,
      maxHeight: null,
      background: '#ffeedd',
    });
  });

  it('reads back what it gave', () => {
    const options = ImageOptions.parse({ format: 'avif', quality: 50 });
    expect(ImageOptions.parse(options)).toEqual(options);
  });

  it('names each bad value', () => {
    const bad = { format: 'tiff', quality: '0', effort: 7, maxWidth: '12.5', maxHeight: '99999', background: 'red' };
    expect(messages(bad)).toEqual([
      'format must be one of keep, jpeg, webp, avif, png, not "tiff"',
      'quality must be a whole number from 1 to 100, not 0',
      'effort must be one of fast, balanced, small, not 7',
      'maxWidth must be a whole number from 1 to 16383, not "12.5"',
      'maxHeight must be a whole number from 1 to 16383, not 99999',
      'background must be a colour like #ffffff, not "red"',
    ]);
  });

  it.each(['', 'high', '-1', '1e2', '0x10', true, [80]])('refuses quality %j', (quality) => {
    expect(messages({ quality })).toHaveLength(1);
  });

  it('names each unknown option', () => {
    expect(messages({ qualty: '80', size: '2' })).toEqual([
      'unknown option qualty, size; the options are format, quality, effort, maxWidth, maxHeight, background',
    ]);
  });
});

describe('optionFields', () => {
  it('mends the case of names, leaves out blanks and passes on what it does not know', () => {
    expect(optionFields({ maxwidth: '800', QUALITY: '', Format: 'webp', colour: 'red' })).toEqual({
      maxWidth: '800',
      format: 'webp',
      colour: 'red',
    });
  });
});
