import { createHash } from 'node:crypto';

/** A validator of these bytes, in the quotes that headers have it in. */
export const etagOf = (bytes: string | Uint8Array): string =>
  `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`;

/** Whether what the caller holds, as If-None-Match tells, is still right: by the weak comparison of RFC 9110. */
export const isHeld = (ifNoneMatch: string | undefined, etag: string): boolean =>
  (ifNoneMatch ?? '')
    .split(',')
    .map((held) => held.trim())
    .some((held) => held === '*' || strong(held) === strong(etag));

const strong = (etag: string) => etag.replace(/^W\//, '');
