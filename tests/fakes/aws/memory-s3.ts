import { NoSuchKey, NotFound, S3ServiceException } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

export type StoredObject = { body: Buffer; contentType: string; metadata: Record<string, string> };

type Place = { Bucket: string; Key: string };
type Headers = { ContentType?: string; Metadata?: Record<string, string> };
type Part = { number: number; body: Buffer };
type Upload = Place & Headers & { parts: Part[] };
type List = { Bucket: string; Prefix?: string; ContinuationToken?: string };
type InUpload = { UploadId: string };

/** Far fewer than S3's 1,000, so that reading on is tried, too. */
const LISTED_MOST = 50;

/** The buckets of S3 in memory. `onCreated` is told of each new object, as a notification would be. */
export class MemoryS3 {
  readonly #objects = new Map<string, StoredObject>();
  readonly #uploads = new Map<string, Upload>();
  readonly #onCreated: (place: Place, object: StoredObject) => void;
  #uploadsBegun = 0;

  constructor(onCreated: (place: Place, object: StoredObject) => void) {
    this.#onCreated = onCreated;
  }

  /** Keys of a bucket, in order. */
  keys(bucket: string, prefix = ''): string[] {
    const start = nameOf({ Bucket: bucket, Key: prefix });
    const names = [...this.#objects.keys()].filter((name) => name.startsWith(start));
    return names.map((name) => name.slice(bucket.length + 1)).sort();
  }

  /** Multipart uploads that were neither completed nor aborted. */
  get unfinishedUploads(): number {
    return this.#uploads.size;
  }

  text(bucket: string, key: string): string {
    return this.#find({ Bucket: bucket, Key: key }).body.toString('utf8');
  }

  readonly actions = {
    PutObject: (input: Place & Headers & { Body: string | Uint8Array }) => {
      const object = this.#store(input, input, Buffer.from(input.Body as Uint8Array));
      return { ETag: eTagOf(object) };
    },

    GetObject: (input: Place) => {
      const { body, ...rest } = this.#find(input);
      return { Body: Readable.from([body]), ContentLength: body.length, ...described(rest) };
    },

    HeadObject: (input: Place) => {
      const object = this.#objects.get(nameOf(input));
      if (!object) throw new NotFound({ message: 'NotFound', $metadata: {} });
      return { ContentLength: object.body.length, ETag: eTagOf(object), ...described(object) };
    },

    CopyObject: (input: Place & { CopySource: string; CopySourceIfMatch?: string }) => {
      const [bucket = '', ...key] = input.CopySource.split('/');
      const source = this.#find({ Bucket: bucket, Key: key.map(decodeURIComponent).join('/') });
      const asked = input.CopySourceIfMatch;
      if (asked !== undefined && unquoted(asked) !== unquoted(eTagOf(source))) throw preconditionFailed();
      const { contentType: ContentType, metadata: Metadata, body } = source;
      const copy = this.#store(input, { ContentType, Metadata }, body);
      return { CopyObjectResult: { ETag: eTagOf(copy) } };
    },

    DeleteObject: (input: Place) => {
      this.#objects.delete(nameOf(input));
      return {};
    },

    /** What is not there is passed over. */
    DeleteObjects: ({ Bucket, Delete }: { Bucket: string; Delete: { Objects: { Key: string }[] } }) => {
      if (Delete.Objects.length === 0 || Delete.Objects.length > 1000) throw new Error('MalformedXML: 1 to 1000 keys');
      for (const { Key } of Delete.Objects) this.#objects.delete(nameOf({ Bucket, Key }));
      return {};
    },

    ListObjectsV2: ({ Bucket, Prefix, ContinuationToken }: List) => {
      const keys = this.keys(Bucket, Prefix).filter((key) => key > (ContinuationToken ?? ''));
      const listed = keys.slice(0, LISTED_MOST);
      return {
        KeyCount: listed.length,
        Contents: listed.map((Key) => ({ Key, Size: this.#find({ Bucket, Key }).body.length })),
        ...(listed.length < keys.length && { NextContinuationToken: listed.at(-1) }),
      };
    },

    CreateMultipartUpload: ({ Bucket, Key, ContentType, Metadata }: Place & Headers) => {
      const UploadId = `upload-${++this.#uploadsBegun}`;
      const headers = { ...(ContentType !== undefined && { ContentType }), ...(Metadata && { Metadata }) };
      this.#uploads.set(UploadId, { Bucket, Key, ...headers, parts: [] });
      return { UploadId };
    },

    UploadPart: ({ UploadId, PartNumber, Body }: InUpload & { PartNumber: number; Body: Uint8Array }) => {
      const upload = this.#upload(UploadId);
      const part = { number: PartNumber, body: Buffer.from(Body) };
      upload.parts = [...upload.parts.filter(({ number }) => number !== PartNumber), part];
      return { ETag: `"${md5(part.body)}"` };
    },

    CompleteMultipartUpload: ({ UploadId }: InUpload) => {
      const { parts, ...upload } = this.#upload(UploadId);
      this.#uploads.delete(UploadId);
      const ordered = parts.toSorted((a, b) => a.number - b.number).map(({ body }) => body);
      const object = this.#store(upload, upload, Buffer.concat(ordered));
      return { ETag: eTagOf(object) };
    },

    AbortMultipartUpload: ({ UploadId }: InUpload) => {
      this.#upload(UploadId);
      this.#uploads.delete(UploadId);
      return {};
    },
  };

  #store(place: Place, { ContentType, Metadata }: Headers, body: Buffer): StoredObject {
    const object = { body, contentType: ContentType ?? 'binary/octet-stream', metadata: Metadata ?? {} };
    this.#objects.set(nameOf(place), object);
    this.#onCreated(place, object);
    return object;
  }

  #find(place: Place): StoredObject {
    const object = this.#objects.get(nameOf(place));
    if (object) return object;
    throw new NoSuchKey({ message: `There is no ${place.Key}.`, $metadata: {} });
  }

  #upload(id: string): Upload {
    const upload = this.#uploads.get(id);
    if (upload) return upload;
    throw new S3ServiceException({ name: 'NoSuchUpload', message: id, $fault: 'client', $metadata: {} });
  }
}

const nameOf = ({ Bucket, Key }: Place) => `${Bucket}/${Key}`;

const described = ({ contentType, metadata }: Omit<StoredObject, 'body'>) => ({
  ContentType: contentType,
  Metadata: metadata,
});

const md5 = (body: Buffer) => createHash('md5').update(body).digest('hex');

/** As S3 gives it: in quotes. */
export const eTagOf = ({ body }: Pick<StoredObject, 'body'>) => `"${md5(body)}"`;

const unquoted = (eTag: string) => eTag.replaceAll('"', '');

const preconditionFailed = () =>
  new S3ServiceException({
    name: 'PreconditionFailed',
    message: 'It was written again.',
    $fault: 'client',
    $metadata: {},
  });
