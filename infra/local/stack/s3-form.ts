import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import type { Readable } from 'node:stream';
import { S3Error } from './s3-error.ts';
import { answerXml, type S3Call } from './s3-call.ts';
import { checkPolicy, type SizeLimits } from './s3-policy.ts';
import type { Body } from './s3-store.ts';

type Form = { fields: Record<string, string>; body: Body };

const OBJECT_FIELDS = /^(content-type|cache-control|content-disposition|content-encoding|expires|x-amz-meta-.*)$/;

/** POST Object: a browser uploads a file by a form whose policy says what it may do. */
export async function postForm(call: S3Call): Promise<void> {
  const { store, response } = call;
  const bucket = store.bucket(call.bucket);
  const { fields, body } = await readForm(call);
  const headers = Object.fromEntries(Object.entries(fields).filter(([name]) => OBJECT_FIELDS.test(name)));
  const { key, etag } = store.commit(bucket, { key: fields.key ?? '', headers, body }, { how: 'Post' });
  response.setHeader('etag', etag);
  const redirect = fields.success_action_redirect;
  if (redirect) {
    const location = new URL(redirect);
    location.search = new URLSearchParams({ bucket: bucket.name, key, etag }).toString();
    response.writeHead(303, { location: location.href }).end();
  } else if (fields.success_action_status === '201') {
    answerXml(response, { PostResponse: { Bucket: bucket.name, Key: key, ETag: etag } }, 201);
  } else {
    response.writeHead(fields.success_action_status === '200' ? 200 : 204).end();
  }
}

/** Fields come first and are checked before the first byte of the file is kept; what follows the file is ignored. */
function readForm({ store, bucket, request }: S3Call): Promise<Form> {
  const { promise, resolve, reject } = Promise.withResolvers<Form>();
  const fields: Record<string, string> = {};
  let file: Readable | undefined;
  const receive = async (bytes: Readable) => {
    const limits = checkPolicy({ ...fields, bucket }, Date.now());
    return { fields, body: await store.receive(limited(bytes, limits)) };
  };
  const parser = new Busboy({ headers: request.headers as BusboyHeaders, limits: { files: 1, fieldSize: 64 * 1024 } });
  parser.on('field', (name, value) => (fields[name.toLowerCase()] = value));
  parser.on('file', (_name, bytes, fileName) => {
    file = bytes;
    fields.key = (fields.key ?? '').replaceAll('${filename}', fileName);
    receive(bytes)
      .then(resolve, reject)
      // The rest of the form is read and dropped, so that the browser gets to see an error.
      .finally(() => bytes.resume());
  });
  parser.on('finish', () => {
    if (!file) reject(new S3Error(400, 'InvalidArgument', 'POST requires exactly one file upload per request.'));
  });
  parser.on('error', () => reject(new S3Error(400, 'MalformedPOSTRequest', 'The body is not a well-formed form.')));
  request.once('close', () => {
    if (!request.complete) file?.destroy(new Error('The browser hung up.'));
  });
  request.pipe(parser);
  return promise;
}

async function* limited(file: Readable, { least, most }: SizeLimits): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of file.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > most) throw new S3Error(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
    yield chunk;
  }
  if (size < least)
    throw new S3Error(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
}
