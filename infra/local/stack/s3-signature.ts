import * as z from 'zod';
import { accessDenied } from './s3-error.ts';
import type { S3Call } from './s3-call.ts';

const READS = new Set(['GET', 'HEAD']);

/** What is kept of S3's rules: presigned URLs expire, and without a signature one may only read what is public. */
export function checkSignature(call: S3Call): void {
  const { request, query } = call;
  const signedAt = query.get('X-Amz-Date');
  if (signedAt) {
    const end = parseBasicDate(signedAt) + Number(query.get('X-Amz-Expires')) * 1000;
    if (!(Date.now() < end)) throw accessDenied('Request has expired');
  } else if (!request.headers.authorization && !isPublicRead(call)) {
    throw accessDenied('Access Denied');
  }
}

const Policy = z.object({
  Statement: z.array(z.object({ Effect: z.string(), Principal: z.unknown(), Action: z.unknown() })),
});

/** Policies are understood as far as the local CDN needs: everybody may get objects, of the whole bucket. */
function isPublicRead({ request, store, bucket, key }: S3Call): boolean {
  if (!key || !READS.has(request.method ?? '')) return false;
  const { policy } = store.bucket(bucket);
  const { Statement } = Policy.parse(JSON.parse(policy ?? '{"Statement":[]}'));
  return Statement.some(
    ({ Effect, Principal, Action }) => Effect === 'Allow' && Principal === '*' && Action === 's3:GetObject',
  );
}

/** `20260131T235959Z` as epoch milliseconds. */
const parseBasicDate = (date: string) =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
