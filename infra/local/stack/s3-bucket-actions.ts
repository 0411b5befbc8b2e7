import { text } from 'node:stream/consumers';
import { S3Error } from './s3-error.ts';
import { answerXml, type S3Call } from './s3-call.ts';
import { listObjects } from './s3-list.ts';
import { acceptRules } from './notifications.ts';
import { elements, textOf } from './xml.ts';

/** What S3 does with buckets and lists of objects, by the name of the action. */
export const bucketActions: Record<string, (call: S3Call) => void | Promise<void>> = {
  'GET service': ({ store, response }) => {
    const Bucket = store.buckets().map(({ name, created }) => ({ Name: name, CreationDate: isoDate(created) }));
    answerXml(response, { ListAllMyBucketsResult: { Buckets: { Bucket } } });
  },
  'PUT bucket': ({ store, bucket, response }) => {
    store.createBucket(bucket);
    response.writeHead(200, { location: `/${bucket}` }).end();
  },
  'HEAD bucket': ({ store, bucket, response }) => {
    store.bucket(bucket);
    response.end();
  },
  'DELETE bucket': ({ store, bucket, response }) => {
    store.dropBucket(store.bucket(bucket));
    response.writeHead(204).end();
  },
  'GET bucket': listObjects,
  'POST bucket delete': deleteObjects,
  'GET bucket location': ({ store, bucket, response }) => {
    store.bucket(bucket);
    answerXml(response, { LocationConstraint: '' });
  },

  'PUT bucket cors': async ({ store, bucket, request, response }) => {
    store.configure(store.bucket(bucket), { cors: await text(request) });
    response.end();
  },
  'GET bucket cors': ({ store, bucket, response }) => {
    const { cors } = store.bucket(bucket);
    if (!cors) throw new S3Error(404, 'NoSuchCORSConfiguration', 'The CORS configuration does not exist');
    response.setHeader('content-type', 'application/xml').end(cors);
  },
  'PUT bucket notification': async ({ store, queues, bucket, request, response }) => {
    const notification = await text(request);
    acceptRules(queues, store.bucket(bucket), notification);
    store.configure(store.bucket(bucket), { notification });
    response.end();
  },
  'PUT bucket policy': async ({ store, bucket, request, response }) => {
    store.configure(store.bucket(bucket), { policy: await text(request) });
    response.writeHead(204).end();
  },
  'GET bucket notification': ({ store, bucket, response }) => {
    const { notification } = store.bucket(bucket);
    response.setHeader('content-type', 'application/xml').end(notification ?? '<NotificationConfiguration/>');
  },
};

async function deleteObjects({ store, bucket, request, response }: S3Call): Promise<void> {
  const { name } = store.bucket(bucket);
  const document = await text(request);
  const keys = elements(document, 'Object').map((object) => textOf(object, 'Key') ?? '');
  for (const key of keys) await store.remove(name, key);
  const quiet = textOf(document, 'Quiet') === 'true';
  answerXml(response, { DeleteResult: { Deleted: quiet ? [] : keys.map((Key) => ({ Key })) } });
}

const isoDate = (time: number) => new Date(time).toISOString();
