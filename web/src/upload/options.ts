import { count } from '../ui/format.ts';

export const FORMATS = ['keep', 'jpeg', 'webp', 'avif', 'png'] as const;
export const EFFORTS = ['fast', 'balanced', 'small'] as const;
export type Format = (typeof FORMATS)[number];
export type Effort = (typeof EFFORTS)[number];

/** Null is "not asked for": the server then takes what suits the format. */
export type Options = {
  format: Format;
  quality: number | null;
  effort: Effort;
  maxWidth: number | null;
  maxHeight: number | null;
  background: string;
  webhookUrl: string;
};

export const DEFAULT_OPTIONS: Options = {
  format: 'keep',
  quality: null,
  effort: 'balanced',
  maxWidth: null,
  maxHeight: null,
  background: '#ffffff',
  webhookUrl: '',
};

/** The longest side that every format can hold. */
export const MAX_SIDE = 16_383;
const MAX_WEBHOOK_LENGTH = 2_048;

/** What the server takes where no quality is asked for, on each format's own scale. */
export const USUAL_QUALITY: Record<Format, number> = { keep: 80, jpeg: 80, webp: 82, avif: 64, png: 97 };

/** The form fields of an upload. */
export function toFields({ webhookUrl, ...options }: Options): Record<string, string> {
  const given = Object.entries({ ...options, webhookUrl: webhookUrl.trim() });
  return Object.fromEntries(
    given.filter(([, value]) => value !== null && value !== '').map(([name, value]) => [name, String(value)]),
  );
}

/** The options that are folded away, where they are not as usual. */
export function unusualOf({ effort, background, webhookUrl }: Options): string[] {
  const isPlain = background.toLowerCase() === DEFAULT_OPTIONS.background;
  return [
    ...(effort === 'fast' ? ['fast'] : effort === 'small' ? ['small files'] : []),
    ...(isPlain ? [] : [`background ${background}`]),
    ...(webhookUrl.trim() === '' ? [] : ['webhook']),
  ];
}

export type OptionProblems = Partial<Record<keyof Options, string>>;

/** What the server would refuse, by field. */
export function problemsOf({ quality, maxWidth, maxHeight, background, webhookUrl }: Options): OptionProblems {
  const problems: OptionProblems = {};
  const side = `Give a whole number from 1 to ${count(MAX_SIDE)}, or leave it empty.`;
  if (quality !== null && !isWhole(quality, 100)) problems.quality = 'Give a whole number from 1 to 100.';
  if (maxWidth !== null && !isWhole(maxWidth, MAX_SIDE)) problems.maxWidth = side;
  if (maxHeight !== null && !isWhole(maxHeight, MAX_SIDE)) problems.maxHeight = side;
  if (!/^#[0-9a-f]{6}$/i.test(background)) problems.background = 'Give a colour such as #ffffff.';
  const webhook = webhookUrl.trim();
  if (webhook !== '' && !isWebhook(webhook)) {
    problems.webhookUrl = 'Give an address that begins with http:// or https://.';
  }
  return problems;
}

/** Reads remembered options; if any is no good, none is taken. */
export function parseOptions(text: string | null): Options {
  const known = recordOf(text);
  const options = {
    format: FORMATS.find((name) => name === known.format) ?? DEFAULT_OPTIONS.format,
    effort: EFFORTS.find((name) => name === known.effort) ?? DEFAULT_OPTIONS.effort,
    quality: numberOr(known.quality, null),
    maxWidth: numberOr(known.maxWidth, null),
    maxHeight: numberOr(known.maxHeight, null),
    background: textOr(known.background, DEFAULT_OPTIONS.background),
    webhookUrl: textOr(known.webhookUrl, DEFAULT_OPTIONS.webhookUrl),
  };
  return Object.keys(problemsOf(options)).length > 0 ? DEFAULT_OPTIONS : options;
}

const numberOr = <Other>(value: unknown, other: Other) => (typeof value === 'number' ? value : other);
const textOr = (value: unknown, other: string) => (typeof value === 'string' ? value : other);

function recordOf(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

const isWhole = (value: number, most: number) => Number.isInteger(value) && value >= 1 && value <= most;

const isWebhook = (text: string) =>
  text.length <= MAX_WEBHOOK_LENGTH && /^https?:\/\//i.test(text) && URL.canParse(text);
