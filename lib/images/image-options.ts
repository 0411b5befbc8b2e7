import * as z from 'zod';

/** The most pixels a side may have in every format that can be asked for (WebP's limit). */
const MAX_SIDE = 16_383;

/** Form fields, queries and S3 metadata are text: `75`, ` WebP `. Anything else passes as it is. */
const words = (value: unknown) => (typeof value === 'string' ? value.trim().toLowerCase() : value);
const number = (value: unknown) => (typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value);

const choice = <const Choices extends readonly string[]>(name: string, choices: Choices) =>
  z.preprocess(words, z.enum(choices, { error: expected(name, `one of ${choices.join(', ')}`) }));

const wholeNumber = (name: string, max: number) => {
  const error = expected(name, `a whole number from 1 to ${max}`);
  return z.preprocess(number, z.int({ error }).min(1, { error }).max(max, { error }).nullable());
};

const colour = (name: string) => {
  const error = expected(name, 'a colour like #ffffff');
  return z.preprocess(words, z.string({ error }).regex(/^#[0-9a-f]{6}$/, { error }));
};

const expected =
  (name: string, rule: string) =>
  ({ input }: { readonly input?: unknown }) =>
    `${name} must be ${rule}, not ${JSON.stringify(input).slice(0, 40)}`;

const fields = {
  /** `keep` stays with the input's format. */
  format: choice('format', ['keep', 'jpeg', 'webp', 'avif', 'png']).default('keep'),
  /** 1 to 100 on the scale of the output format; null is a good one for it. 100 makes a PNG lossless. */
  quality: wholeNumber('quality', 100).default(null),
  /** How much CPU a byte saved may cost. */
  effort: choice('effort', ['fast', 'balanced', 'small']).default('balanced'),
  /** Pixels, of the upright image; null is no limit. The image is fitted inside, and never enlarged. */
  maxWidth: wholeNumber('maxWidth', MAX_SIDE).default(null),
  maxHeight: wholeNumber('maxHeight', MAX_SIDE).default(null),
  /** Lies under what is transparent, where the output format has no transparency. */
  background: colour('background').default('#ffffff'),
};

/** What may be asked of the compression; text is read as numbers where numbers are meant. Every message names its option. */
export const ImageOptions = z.strictObject(fields, {
  error: (issue) =>
    issue.code === 'unrecognized_keys'
      ? `unknown option ${issue.keys.join(', ')}; the options are ${Object.keys(fields).join(', ')}`
      : undefined,
});
export type ImageOptions = z.output<typeof ImageOptions>;

const SPELLING = new Map(Object.keys(fields).map((name) => [name.toLowerCase(), name]));

/**
 * Fields given as text, ready to be laid over defaults and parsed: blank ones left out, and names in our spelling
 * (S3 metadata knows lower case only).
 */
export const optionFields = (given: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value.trim() !== '')
      .map(([name, value]) => [SPELLING.get(name.toLowerCase()) ?? name, value]),
  );
