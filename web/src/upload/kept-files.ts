import { recall, remember } from '../app/remembered.ts';
import { parseOptions, type Options } from './options.ts';

/** A chosen file as it outlives a reload of its tab; with `started` when it was on its way. */
export type KeptFile = { id: string; file: File; started: { options: Options; idempotencyKey: string } | null };

/** A copy is written to disk, so huge files are left to be chosen again. */
const KEPT_BYTES_MOST = 64_000_000;
const KEPT_MS = 86_400_000;
const STORE = 'files';

/** Each tab has its own files; session storage lives as long as the tab. */
function tabId(): string {
  const tab = () => sessionStorage;
  const known = recall('rowpress.tab', tab);
  if (known !== null) return known;
  const made = randomId();
  remember('rowpress.tab', made, tab);
  return made;
}

/** Visible ASCII, unguessable; `crypto.randomUUID` is missing where a page came without TLS. */
export function randomId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Keeps or updates a file; quietly does nothing where the browser has no room for it. */
export async function keepFile({ id, file, started }: KeptFile): Promise<void> {
  if (file.size > KEPT_BYTES_MOST) return;
  const kept = { id, file, options: JSON.stringify(started?.options), key: started?.idempotencyKey };
  await inStore('readwrite', (store) => store.put({ ...kept, tab: tabId(), at: Date.now() }));
}

export async function dropFile(id: string): Promise<void> {
  await inStore('readwrite', (store) => store.delete(id));
}

/** This tab's files, in the order they were chosen; forgets those of tabs long gone. */
export async function keptFiles(): Promise<KeptFile[]> {
  const found: unknown = await inStore('readonly', (store) => store.getAll());
  const all = (Array.isArray(found) ? found : []).flatMap(toKept).sort((a, b) => a.at - b.at);
  const old = all.filter(({ at }) => at < Date.now() - KEPT_MS);
  await Promise.all(old.map(({ kept }) => dropFile(kept.id)));
  return all.filter((one) => one.tab === tabId() && !old.includes(one)).map(({ kept }) => kept);
}

function toKept(record: unknown): { kept: KeptFile; tab: string; at: number }[] {
  if (typeof record !== 'object' || record === null) return [];
  const { id, file, options, key, tab, at }: Record<string, unknown> = { ...record };
  if (typeof id !== 'string' || !(file instanceof File) || typeof tab !== 'string' || typeof at !== 'number') return [];
  const isStarted = typeof options === 'string' && typeof key === 'string';
  const started = isStarted ? { options: parseOptions(options), idempotencyKey: key } : null;
  return [{ kept: { id, file, started }, tab, at }];
}

/** Undefined where the browser has no such storage (private windows, full disks): then a reload forgets. */
async function inStore<T>(
  mode: IDBTransactionMode,
  run: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T | undefined> {
  try {
    const database = await open();
    try {
      return await settled(run(database.transaction(STORE, mode).objectStore(STORE)));
    } finally {
      database.close();
    }
  } catch {
    return undefined;
  }
}

function open(): Promise<IDBDatabase> {
  const opening = indexedDB.open('rowpress', 1);
  opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore(STORE, { keyPath: 'id' }));
  return settled(opening);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('The storage of this browser failed.')));
  });
}
