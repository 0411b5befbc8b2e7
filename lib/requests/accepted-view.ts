import * as z from 'zod';
import type { Links } from './links.ts';
import type { PostTicket } from '../aws/presign.ts';
import { RequestId } from './ids.ts';
import { RowError } from './product-record.ts';
import { RequestStatus, type Request } from './request.ts';

const Where = { requestId: RequestId, status: RequestStatus, statusUrl: z.url(), exportUrl: z.url() };

export const AcceptedView = z.object({
  ...Where,
  products: z.number(),
  images: z.number(),
  rejectedRows: z.object({
    count: z.number().describe('rows that end as FAILED without a fetch'),
    first: z.array(RowError),
  }),
});
export type AcceptedView = z.output<typeof AcceptedView>;

export const UploadView = z.object({
  ...Where,
  expiresAt: z.iso.datetime(),
  upload: z
    .object({ url: z.url(), fields: z.record(z.string(), z.string()), maxBytes: z.number() })
    .describe('post a form with these fields and then the file, in a part `file`, to the url'),
});
export type UploadView = z.output<typeof UploadView>;

/** A request after a call that changed it. */
export const ChangedView = z.object({ ...Where, generation: z.number().describe('1, and one more for each retry') });
export type ChangedView = z.output<typeof ChangedView>;

/** The answer to an upload. */
export const acceptedView = (
  { request, firstErrors }: { request: Request; firstErrors: RowError[] },
  links: Links,
): AcceptedView => ({
  ...where(request, links),
  products: request.totals?.products ?? 0,
  images: request.totals?.images ?? 0,
  rejectedRows: { count: request.totals?.rejectedRows ?? 0, first: firstErrors },
});

/** The answer to the wish for a presigned upload. */
export const uploadView = (
  { request, form, maxBytes }: { request: Request; form: PostTicket; maxBytes: number },
  links: Links,
): UploadView => ({
  ...where(request, links),
  expiresAt: request.uploadUntil ?? request.createdAt,
  upload: { ...form, maxBytes },
});

/** The answer to a retry or a cancellation. */
export const changedView = (request: Request, links: Links): ChangedView => ({
  ...where(request, links),
  generation: request.generation,
});

const where = ({ requestId, status }: Request, links: Links) => ({
  requestId,
  status,
  statusUrl: links.status(requestId),
  exportUrl: links.results(requestId),
});
