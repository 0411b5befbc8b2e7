const LOCALE = 'en-GB';
const whole = new Intl.NumberFormat(LOCALE);
const oneDecimal = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 });

/** A count with its thousands apart. */
export const count = (value: number): string => whole.format(value);

/** `plural(2, 'image')` is "2 images". */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** At most one decimal. */
export const decimal = (value: number): string => oneDecimal.format(value);

/** Of 100, with one decimal below 10 only. */
export const percent = (value: number): string =>
  `${oneDecimal.format(Math.abs(value) < 10 ? value : Math.round(value))}%`;

/** How a size changed, as `−60%` or `+5%`; `0%` has no sign. */
export function change(before: number, after: number): string {
  const saved = before > 0 ? ((before - after) / before) * 100 : 0;
  const size = percent(Math.abs(saved));
  if (size === percent(0)) return size;
  return saved > 0 ? `−${size}` : `+${size}`;
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Decimal units, as file managers and providers count. */
export function bytes(value: number): string {
  const size = Math.abs(value);
  // 999,950 would round to "1,000 kB".
  const step = BYTE_UNITS.findIndex((_, at) => size < 999.5 * 1000 ** at);
  const unit = step === -1 ? BYTE_UNITS.length - 1 : step;
  const scaled = value / 1000 ** unit;
  return `${unit === 0 || Math.abs(scaled) >= 100 ? whole.format(Math.round(scaled)) : decimal(scaled)} ${BYTE_UNITS[unit] ?? ''}`;
}

const FORMAT_NAMES: Record<string, string> = { jpeg: 'JPEG', png: 'PNG', webp: 'WebP', avif: 'AVIF', gif: 'GIF' };

/** An image format as people write it. */
export const formatName = (format: string): string => FORMAT_NAMES[format] ?? format;

/** A length of time in its two largest units. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 1) return ms > 0 ? 'under 1 s' : '0 s';
  const parts = [
    { unit: 'd', value: Math.floor(seconds / 86_400) },
    { unit: 'h', value: Math.floor(seconds / 3_600) % 24 },
    { unit: 'min', value: Math.floor(seconds / 60) % 60 },
    { unit: 's', value: seconds % 60 },
  ];
  const first = parts.findIndex(({ value }) => value > 0);
  return parts
    .slice(first, first + 2)
    .filter(({ value }) => value > 0)
    .map(({ value, unit }) => `${value} ${unit}`)
    .join(' ');
}

/** Rounded as a guess deserves: nobody wants to see "about 3 min 47 s" change each second. */
export function roughly(ms: number): string {
  const seconds = ms / 1000;
  const step = seconds < 20 ? 1 : seconds < 60 ? 5 : seconds < 600 ? 15 : seconds < 3_600 ? 60 : 300;
  return duration(Math.max(step, Math.round(seconds / step) * step) * 1000);
}

const dateTime = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short' });
const clockTime = new Intl.DateTimeFormat(LOCALE, { timeStyle: 'short' });

/** Day and time where the person is. */
export const moment = (iso: string): string => dateTime.format(new Date(iso));

const exactTime = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'medium' });

/** The same with seconds. */
export const exactMoment = (iso: string): string => exactTime.format(new Date(iso));

export const clock = (iso: string): string => clockTime.format(new Date(iso));

/** How long ago while that says more than a date. */
export function ago(iso: string, now: number): string {
  const seconds = Math.round((now - Date.parse(iso)) / 1000);
  if (seconds < 10) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 12 * 3_600) return `${Math.floor(seconds / 3_600)} h ago`;
  return moment(iso);
}
