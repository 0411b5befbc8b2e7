import { createHash, randomUUID } from 'node:crypto';
import { noSuchUpload, S3Error } from './s3-error.ts';
import type { Body, Bucket, S3Store, StoredObject } from './s3-store.ts';
import { transaction } from './database.ts';

type Upload = { id: string; bucket: string; key: string; headers: string };
type Part = { number: number; file: string; size: number; md5: string };
export type PartName = { number: number; etag: string };

const SMALLEST_PART = 5 * 1024 * 1024;

/** Begins a multipart upload; the result is its id. */
export function beginUpload(store: S3Store, bucket: Bucket, object: { key: string; headers: object }): string {
  const id = randomUUID();
  const insert = store.db.prepare('INSERT INTO uploads (id, bucket, key, headers) VALUES (?, ?, ?, ?)');
  insert.run(id, bucket.name, object.key, JSON.stringify(object.headers));
  return id;
}

/** Keeps a part, instead of an earlier one of the same number. */
export async function addPart(store: S3Store, id: string, number: number, body: Body): Promise<void> {
  const replaced = transaction(store.db, () => {
    findUpload(store, id);
    const earlier = partsOf(store, id).find((part) => part.number === number);
    store.db
      .prepare('INSERT OR REPLACE INTO parts (upload, number, file, size, md5) VALUES (?, ?, ?, ?, ?)')
      .run(id, number, body.file, body.size, body.md5);
    return earlier;
  });
  if (replaced) await store.discard(replaced.file);
}

/** Joins the named parts to one object. */
export async function completeUpload(store: S3Store, id: string, names: readonly PartName[]): Promise<StoredObject> {
  const upload = findUpload(store, id);
  const parts = chosenParts(partsOf(store, id), names);
  const body = await store.receive(joined(store, parts));
  const digests = Buffer.concat(parts.map((part) => Buffer.from(part.md5, 'hex')));
  const etag = `"${createHash('md5').update(digests).digest('hex')}-${parts.length}"`;
  const headers = JSON.parse(upload.headers) as Record<string, string>;
  const all = partsOf(store, id);
  const object = transaction(store.db, () => {
    store.db.prepare('DELETE FROM uploads WHERE id = ?').run(id);
    return store.commit(
      store.bucket(upload.bucket),
      { key: upload.key, headers, body, etag },
      { how: 'CompleteMultipartUpload' },
    );
  });
  await Promise.all(all.map((part) => store.discard(part.file)));
  return object;
}

export async function abortUpload(store: S3Store, id: string): Promise<void> {
  findUpload(store, id);
  const parts = partsOf(store, id);
  store.db.prepare('DELETE FROM uploads WHERE id = ?').run(id);
  await Promise.all(parts.map((part) => store.discard(part.file)));
}

function findUpload(store: S3Store, id: string): Upload {
  const row = store.db.prepare('SELECT * FROM uploads WHERE id = ?').get(id);
  if (!row) throw noSuchUpload();
  return row as Upload;
}

const partsOf = (store: S3Store, id: string) =>
  store.db.prepare('SELECT number, file, size, md5 FROM parts WHERE upload = ? ORDER BY number').all(id) as Part[];

function chosenParts(parts: readonly Part[], names: readonly PartName[]): Part[] {
  const byNumber = new Map(parts.map((part) => [part.number, part]));
  const chosen = names.map(({ number, etag }, at) => {
    const part = byNumber.get(number);
    if (part?.md5 !== etag.replaceAll('"', '')) throw new S3Error(400, 'InvalidPart', `Part ${number} was not found.`);
    if (number <= (names[at - 1]?.number ?? 0)) throw new S3Error(400, 'InvalidPartOrder', 'Parts must ascend.');
    return part;
  });
  if (chosen.length === 0) throw new S3Error(400, 'MalformedXML', 'An upload has at least one part.');
  const small = chosen.slice(0, -1).find((part) => part.size < SMALLEST_PART);
  if (small) throw new S3Error(400, 'EntityTooSmall', 'All parts but the last have 5 MiB or more.');
  return chosen;
}

async function* joined(store: S3Store, parts: readonly Part[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield* store.open(part.file) as AsyncIterable<Uint8Array>;
}
