import { describe, expect, it } from 'vitest';
import { ImageOptions } from '../../../lib/images/image-options.ts';
import { readSubmitOptions } from '../../../lib/requests/submit-options.ts';
import {
  DEFAULT_OPTIONS,
  EFFORTS,
  FORMATS,
  type Options,
  parseOptions,
  problemsOf,
  toFields,
  unusualOf,
} from './options.ts';
import { qualityWords } from './quality-words.ts';

const options = (given: Partial<Options>): Options => ({ ...DEFAULT_OPTIONS, ...given });
const byServer = (given: Options) => readSubmitOptions(toFields(given), ImageOptions.parse({}));

describe('options', () => {
  it('are what the server takes, for every format and effort', () => {
    for (const format of FORMATS) {
      for (const effort of EFFORTS) {
        const given = options({ format, effort, quality: 70, maxWidth: 800, webhookUrl: ' https://x.example/hook ' });
        expect(byServer(given)).toMatchObject({
          options: { format, effort, quality: 70, maxWidth: 800, maxHeight: null },
          webhookUrl: 'https://x.example/hook',
        });
      }
    }
  });

  it('leave open what is not asked for', () => {
    expect(toFields(DEFAULT_OPTIONS)).toEqual({ format: 'keep', effort: 'balanced', background: '#ffffff' });
  });

  it.each<[keyof Options, Partial<Options>]>([
    ['quality', { quality: 0 }],
    ['quality', { quality: 101 }],
    ['quality', { quality: 50.5 }],
    ['maxWidth', { maxWidth: 16_384 }],
    ['maxHeight', { maxHeight: -1 }],
    ['background', { background: 'white' }],
    ['webhookUrl', { webhookUrl: 'example.org/hook' }],
    ['webhookUrl', { webhookUrl: 'ftp://example.org' }],
    ['webhookUrl', { webhookUrl: `https://x.example/${'y'.repeat(2_048)}` }],
  ])('are refused here as by the server: %s of %j', (field, given) => {
    expect(Object.keys(problemsOf(options(given)))).toEqual([field]);
    expect(byServer(options(given)).problems).toMatchObject([{ field }]);
  });

  it('come back as they were remembered', () => {
    const given = options({
      format: 'avif',
      quality: 55,
      effort: 'small',
      maxHeight: 900,
      webhookUrl: 'https://x.example',
    });
    expect(parseOptions(JSON.stringify(given))).toEqual(given);
  });

  it.each([null, '', '{', '"x"', '[1]', 'null', '{"format":"tiff"}', '{"quality":500}', '{"background":7}'])(
    'fall back to the defaults when %j was remembered',
    (text) => expect(parseOptions(text)).toEqual(DEFAULT_OPTIONS),
  );
});

describe('unusualOf', () => {
  it('names nothing that is as usual', () => {
    expect(unusualOf(DEFAULT_OPTIONS)).toEqual([]);
    expect(unusualOf(options({ background: '#FFFFFF', webhookUrl: ' ', format: 'webp', quality: 40 }))).toEqual([]);
  });

  it('names what is folded away and sent all the same', () => {
    const given = { effort: 'small', background: '#00ff00', webhookUrl: 'https://x.example' } as const;
    expect(unusualOf(options(given))).toEqual(['small files', 'background #00ff00', 'webhook']);
    expect(unusualOf(options({ effort: 'fast' }))).toEqual(['fast']);
  });
});

describe('qualityWords', () => {
  it('calls the usual quality of every format good', () => {
    for (const [format, quality] of [
      ['keep', 80],
      ['jpeg', 80],
      ['webp', 82],
      ['avif', 64],
      ['png', 97],
    ] as const) {
      expect(qualityWords(format, quality).name).toBe('Good');
    }
  });

  it('grows with the quality', () => {
    const names = Array.from({ length: 100 }, (_, at) => qualityWords('jpeg', at + 1).name);
    expect([...new Set(names)]).toEqual(['Rough', 'Low', 'Modest', 'Good', 'High', 'Highest']);
  });

  it('tells that only a PNG is lossless at 100', () => {
    expect(qualityWords('png', 100).name).toBe('Lossless');
    expect(qualityWords('webp', 100).name).toBe('Highest');
  });
});
