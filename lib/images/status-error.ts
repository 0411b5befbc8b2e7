import { ImageError, type ImageErrorCode } from './image-error.ts';

const CODES = new Map<number, ImageErrorCode>([
  [403, 'forbidden'],
  [404, 'not_found'],
  [410, 'not_found'],
  [429, 'rate_limited'],
]);

/** Too busy, too slow or broken for now; all others would answer the same when asked again. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** What an answer other than 200 means for the image. */
export function statusError(httpStatus: number, retryAfterMs: number | undefined): ImageError {
  const code = CODES.get(httpStatus) ?? 'http_error';
  // 520 to 530 are those of CDNs that could not reach the origin.
  const retryable = PASSING.has(httpStatus) || (httpStatus >= 520 && httpStatus <= 530);
  const message = code === 'http_error' ? `The server answered with HTTP status ${httpStatus}.` : undefined;
  return new ImageError(code, { message, retryable, httpStatus, retryAfterMs });
}
