import type { IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { uploadedBytes } from './s3-body.ts';
import { noSuchKey, notServed, preconditionFailed, S3Error } from './s3-error.ts';
import { answerXml, type S3Call } from './s3-call.ts';
import type { Body, StoredObject } from './s3-store.ts';
import { abortUpload, addPart, beginUpload, completeUpload } from './s3-uploads.ts';
import { elements, textOf } from './xml.ts';

const KEPT_HEADERS =
  /^(content-type|cache-control|content-disposition|content-language|content-encoding|expires|x-amz-meta-.*)$/;

/** What S3 does with one object, by the name of the action. */
export const objectActions: Record<string, (call: S3Call) => void | Promise<void>> = {
  'PUT object': (call) => (call.request.headers['x-amz-copy-source'] ? copyObject(call) : putObject(call)),
  'GET object': (call) => readObject(call),
  'HEAD object': (call) => readObject(call),
  'DELETE object': async ({ store, bucket, key, response }) => {
    await store.remove(store.bucket(bucket).name, key);
    response.writeHead(204).end();
  },
  'POST object uploads': ({ store, bucket, key, request, response }) => {
    const UploadId = beginUpload(store, store.bucket(bucket), { key, headers: keptHeaders(request.headers) });
    answerXml(response, { InitiateMultipartUploadResult: { Bucket: bucket, Key: key, UploadId } });
  },
  'PUT object partNumber+uploadId': async (call) => {
    if (call.request.headers['x-amz-copy-source']) throw notServed('UploadPartCopy');
    const body = await receive(call);
    await addPart(call.store, uploadId(call), Number(call.query.get('partNumber')), body);
    call.response.setHeader('etag', `"${body.md5}"`).end();
  },
  'POST object uploadId': async (call) => {
    const parts = elements(await text(call.request), 'Part').map((part) => ({
      number: Number(textOf(part, 'PartNumber')),
      etag: textOf(part, 'ETag') ?? '',
    }));
    const { key, etag } = await completeUpload(call.store, uploadId(call), parts);
    answerXml(call.response, { CompleteMultipartUploadResult: { Bucket: call.bucket, Key: key, ETag: etag } });
  },
  'DELETE object uploadId': async (call) => {
    await abortUpload(call.store, uploadId(call));
    call.response.writeHead(204).end();
  },
};

const uploadId = ({ query }: S3Call) => query.get('uploadId') ?? '';

async function putObject(call: S3Call): Promise<void> {
  const { store, key, request, response } = call;
  const bucket = store.bucket(call.bucket);
  const body = await receive(call);
  const headers = keptHeaders(request.headers);
  const { etag } = await orDiscard(call, body, () =>
    store.commit(bucket, { key, headers, body }, { how: 'Put', allowed: writeCondition(request.headers) }),
  );
  response.setHeader('etag', etag).end();
}

/** Copies within or between buckets; `x-amz-metadata-directive: REPLACE` takes the headers of the request instead. */
async function copyObject(call: S3Call): Promise<void> {
  const { store, key, request, response } = call;
  const [, from = '', sourceKey = ''] = /^\/?([^/]+)\/(.+)$/.exec(String(request.headers['x-amz-copy-source'])) ?? [];
  const source = store.find(store.bucket(from).name, decodeURIComponent(sourceKey));
  if (!source) throw noSuchKey();
  const wanted = request.headers['x-amz-copy-source-if-match'];
  if (wanted && !sameTag(String(wanted), source.etag)) throw preconditionFailed();
  const replace = request.headers['x-amz-metadata-directive'] === 'REPLACE';
  const headers = replace ? keptHeaders(request.headers) : source.headers;
  const body = await store.duplicate(source);
  const { etag, modified } = await orDiscard(call, body, () =>
    store.commit(
      store.bucket(call.bucket),
      { key, headers, body },
      { how: 'Copy', allowed: writeCondition(request.headers) },
    ),
  );
  answerXml(response, { CopyObjectResult: { ETag: etag, LastModified: new Date(modified).toISOString() } });
}

async function receive({ store, request }: S3Call): Promise<Body> {
  const body = await store.receive(uploadedBytes(request));
  const expected = request.headers['content-md5'];
  if (!expected || Buffer.from(String(expected), 'base64').toString('hex') === body.md5) return body;
  await store.discard(body.file);
  throw new S3Error(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.');
}

async function orDiscard<T>({ store }: S3Call, body: Body, commit: () => T): Promise<T> {
  try {
    return commit();
  } catch (error) {
    await store.discard(body.file);
    throw error;
  }
}

function writeCondition(headers: IncomingHttpHeaders): (existing: StoredObject | undefined) => void {
  const { 'if-none-match': none, 'if-match': match } = headers;
  return (existing) => {
    if (none === '*' && existing) throw preconditionFailed();
    if (match && !sameTag(match, existing?.etag)) throw preconditionFailed();
  };
}

const sameTag = (given: string, etag: string | undefined) => given.replaceAll('"', '') === etag?.replaceAll('"', '');

async function readObject({ store, bucket, key, query, request, response }: S3Call): Promise<void> {
  const object = store.find(store.bucket(bucket).name, key);
  if (!object) throw noSuchKey();
  const { 'if-match': match, 'if-none-match': none, range } = request.headers;
  if (match && !sameTag(match, object.etag)) throw preconditionFailed();
  const overrides = [...query].filter(([name]) => name.startsWith('response-'));
  response.setHeaders(
    new Map([
      ['content-type', 'binary/octet-stream'],
      ...Object.entries(object.headers),
      ...overrides.map(([name, value]) => [name.slice('response-'.length), value] as const),
      ['etag', object.etag],
      ['last-modified', new Date(object.modified).toUTCString()],
      ['accept-ranges', 'bytes'],
    ]),
  );
  if (none && sameTag(none, object.etag)) return void response.writeHead(304).end();
  const { status, start, end } = byteRange(range, object.size);
  if (status === 206) response.setHeader('content-range', `bytes ${start}-${end}/${object.size}`);
  response.writeHead(status, { 'content-length': end - start + 1 });
  if (request.method === 'HEAD' || object.size === 0) return void response.end();
  await pipeline(store.open(object.file, { start, end }), response);
}

/** The bytes of one range, ends included; what is no single range means the whole object. */
function byteRange(header: string | undefined, size: number): { status: number; start: number; end: number } {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (!first && !last) return { status: 200, start: 0, end: size - 1 };
  const [from, to] = first ? [Number(first), Number(last || Infinity)] : [size - Number(last), Infinity];
  const start = Math.max(0, from);
  const end = Math.min(to, size - 1);
  if (start > end) throw new S3Error(416, 'InvalidRange', 'The requested range is not satisfiable');
  return { status: 206, start, end };
}

/** The headers that belong to the object. `aws-chunked` tells of the transport only. */
function keptHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  if (headers['x-amz-tagging']) throw notServed('x-amz-tagging');
  const kept = Object.entries(headers).filter(([name]) => KEPT_HEADERS.test(name));
  const { 'content-encoding': encodings, ...rest } = Object.fromEntries(
    kept.map(([name, value]) => [name, String(value)]),
  );
  const encoding = encodings
    ?.split(/, */)
    .filter((one) => one !== 'aws-chunked')
    .join(', ');
  return { ...rest, ...(encoding && { 'content-encoding': encoding }) };
}
