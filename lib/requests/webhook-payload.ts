import * as z from 'zod';
import { standingCounts } from './current-counts.ts';
import type { Links } from './links.ts';
import { ByteCounts, ImageCounts, ProductCounts, summarise } from './summary.ts';
import { hasResult, RequestStatus, type Request } from './request.ts';

export const WebhookPayload = z.object({
  type: z.enum(['request.completed', 'request.completed_with_errors', 'request.failed', 'request.cancelled']),
  timestamp: z.iso.datetime(),
  data: z.object({
    requestId: z.string(),
    status: RequestStatus,
    fileName: z.string(),
    products: ProductCounts,
    images: ImageCounts,
    failures: z.record(z.string(), z.number()),
    bytes: ByteCounts,
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    statusUrl: z.url(),
    exportUrl: z.url().nullable().describe('the result CSV, when there is one'),
  }),
});
export type WebhookPayload = z.output<typeof WebhookPayload>;

/** What the caller is told of a request that has ended: the same bytes at every attempt, far below 20 kB. */
export function webhookPayload(request: Request, links: Links): WebhookPayload {
  const { requestId, status, fileName, finishedAt, createdAt, error } = request;
  const { products, images, failures, bytes } = summarise(request, standingCounts(request));
  return {
    type: typeOf(status),
    timestamp: finishedAt ?? createdAt,
    data: {
      requestId,
      status,
      fileName,
      products,
      images,
      failures,
      bytes,
      error: error ?? null,
      statusUrl: links.status(requestId),
      exportUrl: hasResult(request) ? links.results(requestId) : null,
    },
  };
}

function typeOf(status: RequestStatus): WebhookPayload['type'] {
  switch (status) {
    case 'COMPLETED':
      return 'request.completed';
    case 'COMPLETED_WITH_ERRORS':
      return 'request.completed_with_errors';
    case 'CANCELLED':
      return 'request.cancelled';
    case 'FAILED':
      return 'request.failed';
    case 'AWAITING_FILE':
    case 'RECEIVED':
    case 'PROCESSING':
    case 'FINISHING':
      throw new Error(`a request that is ${status} has nothing to tell yet`);
  }
}
