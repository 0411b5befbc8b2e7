import { createHash, randomUUID } from 'node:crypto';
import { constants, createReadStream, createWriteStream, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { transaction } from './database.ts';
import { noSuchBucket, S3Error } from './s3-error.ts';

export type Bucket = {
  name: string;
  created: number;
  cors: string | null;
  notification: string | null;
  policy: string | null;
};
export type StoredObject = {
  key: string;
  file: string;
  size: number;
  /** Quoted, as in the header. */
  etag: string;
  modified: number;
  /** What was given with the object and is given back with it: Content-Type, Cache-Control, x-amz-meta-… */
  headers: Record<string, string>;
};
/** Bytes that are on disk and belong to no object yet. */
export type Body = { file: string; size: number; md5: string };
export type NewObject = { key: string; headers: Record<string, string>; body: Body; etag?: string };
export type Created = 'Put' | 'Post' | 'Copy' | 'CompleteMultipartUpload';

type Options = {
  db: DatabaseSync;
  directory: string;
  /** Called within the transaction that makes the object, so that object and notification exist both or neither. */
  onCreated: (bucket: Bucket, object: StoredObject, how: Created) => void;
};

/**
 * Objects of S3: bytes in files of their own, everything else in the database. An object appears by one row in one
 * transaction, so whatever kills the process leaves whole objects and at most some unclaimed files.
 */
export class S3Store {
  readonly db: DatabaseSync;
  readonly #directory: string;
  readonly #onCreated: Options['onCreated'];

  constructor({ db, directory, onCreated }: Options) {
    this.db = db;
    this.#directory = directory;
    this.#onCreated = onCreated;
    mkdirSync(directory, { recursive: true });
    this.#sweep();
  }

  createBucket(name: string): void {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name))
      throw new S3Error(400, 'InvalidBucketName', `Not valid: ${name}`);
    this.db.prepare('INSERT OR IGNORE INTO buckets (name, created) VALUES (?, ?)').run(name, Date.now());
  }

  bucket(name: string): Bucket {
    const row = this.db.prepare('SELECT * FROM buckets WHERE name = ?').get(name);
    if (!row) throw noSuchBucket();
    return row as Bucket;
  }

  buckets(): Bucket[] {
    return this.db.prepare('SELECT * FROM buckets ORDER BY name').all() as Bucket[];
  }

  configure(bucket: Bucket, change: Partial<Pick<Bucket, 'cors' | 'notification' | 'policy'>>): void {
    const { cors, notification, policy } = { ...bucket, ...change };
    this.db
      .prepare('UPDATE buckets SET cors = ?, notification = ?, policy = ? WHERE name = ?')
      .run(cors, notification, policy, bucket.name);
  }

  dropBucket({ name }: Bucket): void {
    if (this.list(name, { max: 1 }).length > 0) throw new S3Error(409, 'BucketNotEmpty', 'The bucket is not empty');
    this.db.prepare('DELETE FROM buckets WHERE name = ?').run(name);
  }

  find(bucket: string, key: string): StoredObject | undefined {
    const row = this.db.prepare('SELECT * FROM objects WHERE bucket = ? AND key = ?').get(bucket, key);
    return row && toObject(row);
  }

  /** In S3's order, which is that of the UTF-8 bytes (SQLite's own). */
  list(
    bucket: string,
    { prefix = '', after = '', max }: { prefix?: string; after?: string; max: number },
  ): StoredObject[] {
    const select = 'SELECT * FROM objects WHERE bucket = ? AND key > ? AND key >= ? AND key < ? ORDER BY key LIMIT ?';
    return this.db
      .prepare(select)
      .all(bucket, after, prefix, prefix + LAST_CHARACTER, max)
      .map(toObject);
  }

  /** Writes bytes to disk as they come, so memory does not grow with them; nothing stays when they break off. */
  async receive(bytes: AsyncIterable<Uint8Array>): Promise<Body> {
    const file = randomUUID();
    const hash = createHash('md5');
    let size = 0;
    const measured = async function* () {
      for await (const chunk of bytes) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    };
    try {
      await pipeline(measured, createWriteStream(this.#path(file)));
    } catch (error) {
      await this.discard(file);
      throw error;
    }
    return { file, size, md5: hash.digest('hex') };
  }

  async duplicate(object: StoredObject): Promise<Body> {
    const file = randomUUID();
    await copyFile(this.#path(object.file), this.#path(file), constants.COPYFILE_FICLONE);
    return { file, size: object.size, md5: object.etag.replaceAll('"', '') };
  }

  /** Opened before it returns, so that the bytes stay readable when the object is replaced meanwhile. */
  open(file: string, range: { start?: number; end?: number } = {}): Readable {
    return createReadStream('', { fd: openSync(this.#path(file), 'r'), ...range });
  }

  /** Makes the body an object, if `allowed` does not throw at what is there now. */
  commit(
    bucket: Bucket,
    { key, headers, body, etag = `"${body.md5}"` }: NewObject,
    { how, allowed }: { how: Created; allowed?: (existing: StoredObject | undefined) => void },
  ): StoredObject {
    const object = { key, file: body.file, size: body.size, etag, modified: Date.now(), headers };
    const replaced = transaction(this.db, () => {
      const existing = this.find(bucket.name, key);
      allowed?.(existing);
      this.db
        .prepare(
          'INSERT OR REPLACE INTO objects (bucket, key, file, size, etag, modified, headers) VALUES (?, ?, ?, ?, ?, ?, ?)',
        )
        .run(bucket.name, key, body.file, body.size, etag, object.modified, JSON.stringify(headers));
      this.#onCreated(bucket, object, how);
      return existing;
    });
    if (replaced) rmSync(this.#path(replaced.file), { force: true });
    return object;
  }

  async remove(bucket: string, key: string): Promise<void> {
    const object = this.find(bucket, key);
    if (!object) return;
    this.db.prepare('DELETE FROM objects WHERE bucket = ? AND key = ?').run(bucket, key);
    await this.discard(object.file);
  }

  discard(file: string): Promise<void> {
    return rm(this.#path(file), { force: true });
  }

  /** Files that no row claims are what a killed process left behind. */
  #sweep(): void {
    const rows = this.db.prepare('SELECT file FROM objects UNION ALL SELECT file FROM parts').all();
    const claimed = new Set(rows.map((row) => row.file));
    for (const file of readdirSync(this.#directory)) if (!claimed.has(file)) rmSync(this.#path(file), { force: true });
  }

  #path(file: string): string {
    return join(this.#directory, file);
  }
}

export const LAST_CHARACTER = '\u{10FFFF}';

const toObject = (row: Record<string, unknown>): StoredObject => ({
  ...(row as Omit<StoredObject, 'headers'>),
  headers: JSON.parse(String(row.headers)) as Record<string, string>,
});
