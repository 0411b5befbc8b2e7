import { answerXml, type S3Call } from './s3-call.ts';
import { notServed } from './s3-error.ts';
import { LAST_CHARACTER, type S3Store, type StoredObject } from './s3-store.ts';

type Asked = { bucket: string; prefix: string; delimiter: string; after: string; max: number };
type Page = { objects: StoredObject[]; groups: string[]; next: string | undefined };

const PAGE_MOST = 1000;

/** ListObjectsV2. */
export function listObjects({ store, bucket, query, response }: S3Call): void {
  if (query.get('list-type') !== '2') throw notServed('ListObjects before its version 2');
  const asked = readQuery(store.bucket(bucket).name, query);
  const { objects, groups, next } = listPage(store, asked);
  const shown = query.get('encoding-type') === 'url' ? encodeURIComponent : (key: string) => key;
  answerXml(response, {
    ListBucketResult: {
      Name: bucket,
      Prefix: shown(asked.prefix),
      KeyCount: objects.length + groups.length,
      MaxKeys: asked.max,
      IsTruncated: next !== undefined,
      NextContinuationToken: next && Buffer.from(next).toString('base64url'),
      Contents: objects.map(({ key, modified, etag, size }) => ({
        Key: shown(key),
        LastModified: new Date(modified).toISOString(),
        ETag: etag,
        Size: size,
        StorageClass: 'STANDARD',
      })),
      CommonPrefixes: groups.map((group) => ({ Prefix: shown(group) })),
    },
  });
}

function readQuery(bucket: string, query: URLSearchParams): Asked {
  const token = query.get('continuation-token');
  return {
    bucket,
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    after: token ? Buffer.from(token, 'base64url').toString() : (query.get('start-after') ?? ''),
    max: Math.min(Number(query.get('max-keys') ?? PAGE_MOST), PAGE_MOST),
  };
}

/** What the delimiter folds into one group counts as one entry; the rest of the group is skipped. */
function listPage(store: S3Store, { bucket, prefix, delimiter, after: start, max }: Asked): Page {
  const objects: StoredObject[] = [];
  const groups: string[] = [];
  let after = start;
  const first = () => store.list(bucket, { prefix, after, max: 1 })[0];
  for (let object = first(); object; object = first()) {
    if (objects.length + groups.length >= max) return { objects, groups, next: after };
    const end = delimiter ? object.key.indexOf(delimiter, prefix.length) : -1;
    const group = end < 0 ? undefined : object.key.slice(0, end + delimiter.length);
    if (group) groups.push(group);
    else objects.push(object);
    after = group ? group + LAST_CHARACTER : object.key;
  }
  return { objects, groups, next: undefined };
}
