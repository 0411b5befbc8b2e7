import type { Status } from '../answers.ts';

export const REQUEST_ID = '01jd0000000000000000000000';

/** A request halfway through. */
export const processing = {
  requestId: REQUEST_ID,
  status: 'PROCESSING',
  source: 'api',
  generation: 1,
  fileName: 'products.csv',
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: null,
  error: null,
  progress: { percent: 50, imagesPerSecond: 2.5, secondsLeft: 2 },
  products: { total: 4, completed: 2, partial: 0, failed: 0, cancelled: 0, pending: 2 },
  images: { total: 10, compressed: 5, failed: 0, pending: 5 },
  failures: {},
  bytes: { in: 1_000_000, out: 400_000, saved: 600_000, savedPercent: 60 },
  links: { export: null, failedRows: null },
} satisfies Status;

export const completed = {
  ...processing,
  status: 'COMPLETED',
  finishedAt: '2026-01-01T00:00:04.000Z',
  progress: { percent: 100, imagesPerSecond: 2.5, secondsLeft: 0 },
  products: { total: 4, completed: 4, partial: 0, failed: 0, cancelled: 0, pending: 0 },
  images: { total: 10, compressed: 10, failed: 0, pending: 0 },
  bytes: { in: 2_000_000, out: 800_000, saved: 1_200_000, savedPercent: 60 },
  links: { export: 'http://a/e', failedRows: null },
} satisfies Status;

export const completedWithErrors = {
  ...completed,
  status: 'COMPLETED_WITH_ERRORS',
  products: { total: 4, completed: 2, partial: 1, failed: 1, cancelled: 0, pending: 0 },
  images: { total: 10, compressed: 7, failed: 3, pending: 0 },
  failures: { timeout: 1, not_found: 2 },
  links: { export: 'http://a/e', failedRows: 'http://a/f' },
} satisfies Status;

/** Cancelled when a part of it was done. */
export const cancelled = {
  ...completedWithErrors,
  status: 'CANCELLED',
  products: { total: 4, completed: 2, partial: 0, failed: 0, cancelled: 2, pending: 0 },
  failures: { cancelled: 3 },
} satisfies Status;

export const failed = {
  ...processing,
  status: 'FAILED',
  error: { code: 'no_header', message: 'No column holds image URLs.' },
} satisfies Status;

/** What `POST /api/upload` answers. */
export const accepted = {
  requestId: REQUEST_ID,
  status: 'RECEIVED',
  products: 4,
  images: 10,
  rejectedRows: { count: 0, first: [] as object[] },
};
