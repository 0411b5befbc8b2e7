import { accessDenied } from './s3-error.ts';
import type { S3Call } from './s3-call.ts';

const READS = new Set(['GET', 'HEAD']);

/** What is kept of S3's rules: presigned URLs expire, and without a signature one may only read (the local CDN). */
export function checkSignature({ request, query }: S3Call): void {
  const signedAt = query.get('X-Amz-Date');
  if (signedAt) {
    const end = parseBasicDate(signedAt) + Number(query.get('X-Amz-Expires')) * 1000;
    if (!(Date.now() < end)) throw accessDenied('Request has expired');
  } else if (!request.headers.authorization && !READS.has(request.method ?? '')) {
    throw accessDenied('Access Denied');
  }
}

/** `20260131T235959Z` as epoch milliseconds. */
const parseBasicDate = (date: string) =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
