import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bucketActions } from './s3-bucket-actions.ts';
import { answerXml, type S3Call } from './s3-call.ts';
import { corsHeaders, preflight } from './s3-cors.ts';
import { noSuchBucket, notServed, S3Error } from './s3-error.ts';
import { postForm } from './s3-form.ts';
import { objectActions } from './s3-object-actions.ts';
import { checkSignature } from './s3-signature.ts';

/** The actions of S3 that are served: method, what it is about, and the subresource that the query names. */
const actions: Record<string, (call: S3Call) => void | Promise<void>> = {
  ...bucketActions,
  ...objectActions,
  'POST bucket form': postForm,
};

// Query parameters that describe a request rather than name a subresource.
const DESCRIBING =
  /^(x-id|x-amz-.*|response-.*|list-type|prefix|delimiter|max-keys|continuation-token|start-after|encoding-type|fetch-owner)$/i;

/** Answers one S3 request, path style. Signatures are not compared: whoever reaches the loopback address may call. */
export async function handleS3(
  request: IncomingMessage,
  response: ServerResponse,
  stores: Pick<S3Call, 'store' | 'queues'>,
) {
  response.setHeader('x-amz-request-id', randomUUID());
  try {
    const call: S3Call = { ...stores, request, response, ...target(request) };
    allowOrigin(call);
    if (request.method === 'OPTIONS') {
      preflight(call);
      return;
    }
    const name = actionName(call);
    const action = actions[name];
    if (!action) throw notServed(name);
    if (action !== postForm) checkSignature(call);
    await action(call);
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    answerError(request, response, error);
  }
}

/** Keys are taken as they are written: no resolving of `..` or `//`, and a plus is a plus. */
function target(request: IncomingMessage): Pick<S3Call, 'bucket' | 'key' | 'query'> {
  const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s);
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  try {
    return { bucket, key: decodeURIComponent(key), query: new URLSearchParams(query) };
  } catch {
    throw new S3Error(400, 'InvalidURI', "Couldn't parse the specified URI.");
  }
}

function actionName({ request, bucket, key, query }: S3Call): string {
  const about = key ? 'object' : bucket ? 'bucket' : 'service';
  const form = request.method === 'POST' && request.headers['content-type']?.startsWith('multipart/form-data');
  const subresource = form
    ? 'form'
    : [...query.keys()]
        .filter((name) => !DESCRIBING.test(name))
        .sort()
        .join('+');
  return [request.method, about, subresource].join(' ').trimEnd();
}

function allowOrigin(call: S3Call): void {
  const { request, response, store } = call;
  const { origin } = request.headers;
  if (!origin || !call.bucket || request.method === 'OPTIONS') return;
  const bucket = store.buckets().find(({ name }) => name === call.bucket);
  if (!bucket) throw noSuchBucket();
  const headers = corsHeaders(bucket, { origin, method: request.method ?? '' });
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
}

function answerError(request: IncomingMessage, response: ServerResponse, error: S3Error): void {
  // Reading on lets the caller see the answer; a connection cut while it still writes would hide it.
  request.resume();
  if (response.headersSent) return void response.destroy();
  if (request.method === 'HEAD') return void response.writeHead(error.status).end();
  const RequestId = String(response.getHeader('x-amz-request-id'));
  answerXml(response, { Error: { Code: error.code, Message: error.message, RequestId } }, error.status);
}
