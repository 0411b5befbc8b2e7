import type { Key } from '../aws/table.ts';
import { FORMATS } from '../images/image-format.ts';

/** Pages of a group: what one number set of the group item holds. */
export const PAGES_PER_GROUP = 100;

/** Where a page stands: the only place that knows how pages are grouped. */
export const groupOf = (page: number): number => Math.floor(page / PAGES_PER_GROUP);

const padded = (value: number) => String(value).padStart(7, '0');

export const requestKey = (requestId: string): Key => ({ pk: `REQ#${requestId}`, sk: 'REQUEST' });

/** One run of a request: its first, or a retry. Each run settles under keys of its own, so that no late message of one disturbs another. */
export type Run = { requestId: string; generation: number };

/** Nothing for a first run. */
const runSuffix = (generation: number) => (generation === 1 ? '' : `#${padded(generation)}`);

/** Where the pages of a group stand, those of all runs. */
export const groupPartition = (requestId: string, group: number): string => `REQ#${requestId}#G${group}`;

export const groupKey = (run: Run, group: number): Key => ({
  pk: groupPartition(run.requestId, group),
  sk: `GROUP${runSuffix(run.generation)}`,
});

/** A retry's page comes right behind the page whose products it tries again. */
export const pageKey = (run: Run, page: number): Key => ({
  pk: groupPartition(run.requestId, groupOf(page)),
  sk: pageSortKey({ ...run, page }),
});

export const pageSortKey = ({ page, generation }: { page: number; generation: number }): string =>
  `${pagePrefix(page)}${runSuffix(generation)}`;

export const PAGE_PREFIX = 'PAGE#';

/** What the sort keys of a page begin with, in every run. */
export const pagePrefix = (page: number): string => `${PAGE_PREFIX}${padded(page)}`;

/** Sorts behind a page in all its runs. */
export const behindPage = (page: number): string => `${pagePrefix(page)}#~`;

export const deliveryKey = (requestId: string, generation: number, attempt: number): Key => ({
  pk: `REQ#${requestId}`,
  sk: `${DELIVERY_PREFIX}${padded(generation)}#${padded(attempt)}`,
});

export const DELIVERY_PREFIX = 'WEBHOOK#';

/** One event of the drop folder: the same object written again is another one. */
export const dropKey = (object: { bucket: string; key: string; version: string }): Key => ({
  pk: `DROP#${object.bucket}/${object.key}`,
  sk: object.version,
});

/** An owner's idempotency key. The owner comes last, so that no key can be taken for another owner's. */
export const idempotencyKey = (owner: string, key: string): Key => ({ pk: `IDEMPOTENCY#${key}`, sk: owner });

/** The sparse index that lists an owner's requests by time. */
export const ownerIndex = {
  name: 'byOwner',
  partition: (owner: string) => ['ownerKey', `OWNER#${owner}`] as const,
  sort: 'createdKey',
};

/** The sparse index of open requests, oldest first: those to which something is owed, work or the telling of their end. */
export const openIndex = { name: 'byOpen', partition: ['openKey', 'OPEN'] as const, sort: 'createdKey' };

/** Where a check of the open requests goes on that ran out of time. */
export const bookmarkKey: Key = { pk: 'CHECK', sk: 'PROGRESS' };

/** The CSV that a request works from; nothing listens here. */
export const inputObject = ({ requestId, inputVersion }: { requestId: string; inputVersion?: string | undefined }) =>
  inputVersion === undefined ? `uploads/${requestId}.csv` : `uploads/${requestId}/${inputVersion}.csv`;

/** Where a presigned upload arrives; a trigger listens here, no function writes here. */
export const arrivalObject = (requestId: string): string => `${ARRIVALS}${requestId}`;

export const ARRIVALS = 'incoming/upload/';
export const DROPS = 'incoming/drop/';

export const resultObject = (run: Run): string => `${resultFolder(run)}/results.csv`;

export const failedRowsObject = (run: Run): string => `${resultFolder(run)}/failed.csv`;

/** A folder for each run: a late writer of an earlier one can't overwrite what a retry has found. */
const resultFolder = ({ requestId, generation }: Run) =>
  generation === 1 ? `results/${requestId}` : `results/${requestId}/${generation}`;

/** Where an image of a run goes, but for its extension. */
export type ImageSlot = { productIndex: number; slot: number };

/** An output image's key, of numbers and ids only: within a run the same image always lands on the same key. */
export const imageObject = (run: Run, { productIndex, slot }: ImageSlot, extension: string): string => {
  const retry = run.generation === 1 ? '' : `-${run.generation}`;
  return `${run.requestId}/${productIndex}-${slot + 1}${retry}.${extension}`;
};

/** All keys that it may land on: one for each format that is written. */
export const imageObjects = (run: Run, slot: ImageSlot): string[] =>
  Object.values(FORMATS).map(({ extension }) => imageObject(run, slot, extension));

/** What output images of a request have in common. */
export const imageFolder = (requestId: string): string => `${requestId}/`;

/** Reads a key that `imageObject` made; undefined for any other. */
export function readImageObject(key: string): (Run & { productIndex: number }) | undefined {
  const [, requestId, product, generation = '1'] = /^(\w+)\/(\d+)-\d+(?:-(\d+))?\.[a-z]+$/.exec(key) ?? [];
  if (requestId === undefined) return undefined;
  return { requestId, generation: Number(generation), productIndex: Number(product) };
}
