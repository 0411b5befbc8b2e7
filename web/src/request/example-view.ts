import type { RequestView } from '../api/types.ts';

/** A request in the middle of its work, for tests; `change` what matters to them. */
export const exampleView = (change: Partial<RequestView> = {}): RequestView => ({
  requestId: '01KA0000000000000000000000',
  status: 'PROCESSING',
  source: 'api',
  fileName: 'products.csv',
  generation: 1,
  options: {
    format: 'keep',
    quality: null,
    effort: 'balanced',
    maxWidth: null,
    maxHeight: null,
    background: '#ffffff',
  },
  createdAt: '2025-11-22T12:00:00.000Z',
  startedAt: '2025-11-22T12:00:00.000Z',
  finishedAt: null,
  cancelledAt: null,
  error: null,
  products: { total: 72, completed: 20, partial: 2, failed: 1, cancelled: 0, pending: 49 },
  images: { total: 190, compressed: 60, failed: 5, pending: 125 },
  failures: { not_found: 3, timeout: 2 },
  bytes: { in: 10_000_000, out: 4_000_000, saved: 6_000_000, savedPercent: 60 },
  formats: { jpeg: { images: 60, bytesIn: 10_000_000, bytesOut: 4_000_000 } },
  canRetry: false,
  links: { self: 'http://x/s', export: 'http://x/e', failedRows: 'http://x/f' },
  expiresAt: null,
  progress: { percent: 34.2, imagesPerSecond: 12.5, secondsLeft: 10 },
  webhook: null,
  ...change,
});
