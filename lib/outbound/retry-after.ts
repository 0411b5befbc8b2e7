/** The seconds that a `Retry-After` header asks for, as a number or as a date (RFC 9110); null when there is none to be read. */
export function retryAfterSeconds(header: string | undefined, nowMs: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  // The oldest of the three forms of a date ends in the year, means UTC and would be read as local time.
  const date = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text.replace(/ \d{4}$/, '$& GMT')) : NaN;
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - nowMs) / 1000));
}
