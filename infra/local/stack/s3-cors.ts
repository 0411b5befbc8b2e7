import { S3Error } from './s3-error.ts';
import type { S3Call } from './s3-call.ts';
import type { Bucket } from './s3-store.ts';
import { elements, textOf } from './xml.ts';

type Asked = { origin: string; method: string };

/** The headers by which the bucket's CORS configuration lets this origin see an answer; undefined when it does not. */
export function corsHeaders(bucket: Bucket, asked: Asked): Record<string, string> | undefined {
  const rule = elements(bucket.cors ?? '', 'CORSRule').find((candidate) => allows(candidate, asked));
  if (!rule) return undefined;
  const methods = elements(rule, 'AllowedMethod').join(', ');
  const exposed = elements(rule, 'ExposeHeader').join(', ');
  const any = elements(rule, 'AllowedOrigin').includes('*');
  return {
    'access-control-allow-origin': any ? '*' : asked.origin,
    'access-control-allow-methods': methods,
    'access-control-max-age': textOf(rule, 'MaxAgeSeconds') ?? '0',
    vary: 'Origin',
    ...(exposed && { 'access-control-expose-headers': exposed }),
  };
}

/** Answers a browser's question before a request from another origin. */
export function preflight({ store, bucket, request, response }: S3Call): void {
  const { origin = '', 'access-control-request-method': method = '' } = request.headers;
  const headers = corsHeaders(store.bucket(bucket), { origin, method });
  if (!headers) throw new S3Error(403, 'AccessForbidden', 'CORSResponse: This CORS request is not allowed.');
  const asked = request.headers['access-control-request-headers'];
  response.writeHead(200, { ...headers, ...(asked && { 'access-control-allow-headers': asked }) }).end();
}

function allows(rule: string, { origin, method }: Asked): boolean {
  const origins = elements(rule, 'AllowedOrigin');
  return origins.some((pattern) => matches(pattern, origin)) && elements(rule, 'AllowedMethod').includes(method);
}

/** One `*` in a pattern stands for anything. */
function matches(pattern: string, origin: string): boolean {
  const [start = '', end] = pattern.split('*');
  return end === undefined ? pattern === origin : origin.startsWith(start) && origin.endsWith(end);
}
