import type { Key } from '../aws/table.ts';

/** Pages of a group: what one number set of the group item holds. */
export const PAGES_PER_GROUP = 100;

/** Where a page stands: the only place that knows how pages are grouped. */
export const groupOf = (page: number): number => Math.floor(page / PAGES_PER_GROUP);

const padded = (value: number) => String(value).padStart(7, '0');

export const requestKey = (requestId: string): Key => ({ pk: `REQ#${requestId}`, sk: 'REQUEST' });

export const groupKey = (requestId: string, group: number): Key => ({ pk: `REQ#${requestId}#G${group}`, sk: 'GROUP' });

export const pageKey = (requestId: string, page: number): Key => ({
  pk: `REQ#${requestId}#G${groupOf(page)}`,
  sk: `${PAGE_PREFIX}${padded(page)}`,
});

export const PAGE_PREFIX = 'PAGE#';

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

/** The CSV that a request works from; nothing listens here. */
export const inputObject = (requestId: string): string => `uploads/${requestId}.csv`;

/** Where a presigned upload arrives; a trigger listens here, no function writes here. */
export const arrivalObject = (requestId: string): string => `${ARRIVALS}${requestId}`;

export const ARRIVALS = 'incoming/upload/';
export const DROPS = 'incoming/drop/';

export const resultObject = (requestId: string): string => `results/${requestId}/results.csv`;

export const failedRowsObject = (requestId: string): string => `results/${requestId}/failed.csv`;

/** An output image's key, of numbers and ids only: the same image always lands on the same key. */
export const imageObject = (requestId: string, productIndex: number, image: number, extension: string): string =>
  `${requestId}/${productIndex}-${image + 1}.${extension}`;
