import type { CsvLimits } from '../csv/limits.ts';
import type { ImageOptions } from '../images/image-options.ts';
import type { Request } from './request.ts';

/** What the deployment decides about requests. */
export type RequestRules = { limits: CsvLimits; ttlDays: number };

export type NewRequest = Pick<Request, 'requestId' | 'owner' | 'source' | 'fileName' | 'webhookUrl'> & {
  options: ImageOptions;
  status: 'AWAITING_FILE' | 'RECEIVED';
};

/** A request at its beginning. */
export const newRequest = (fields: NewRequest, { limits, ttlDays }: RequestRules, now: Date): Request => ({
  ...fields,
  limits,
  generation: 1,
  createdAt: now.toISOString(),
  expiresAt: keptUntil(now, { ttlDays }),
  counts: {},
});

/** The end of its time, for what is kept as long as a request. */
export const keptUntil = (now: Date, { ttlDays }: Pick<RequestRules, 'ttlDays'>): number =>
  secondsAfter(now, ttlDays * 86_400);

/** A point in time as DynamoDB's TTL wants it, in seconds since 1970. */
export const secondsAfter = (time: Date, seconds: number): number => Math.floor(time.getTime() / 1000) + seconds;
