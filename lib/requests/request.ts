import { z } from 'zod';
import { ImageOptions } from '../images/image-options.ts';
import { countsOf, type Counts } from './counts.ts';

export const RequestStatus = z.enum([
  'AWAITING_FILE',
  'RECEIVED',
  'PROCESSING',
  'FINISHING',
  'COMPLETED',
  'COMPLETED_WITH_ERRORS',
  'FAILED',
  'CANCELLED',
]);
export type RequestStatus = z.output<typeof RequestStatus>;

export const Source = z.enum(['api', 'upload', 'drop']);

/** What the whole file comes to; known before the first page is sent. */
export const Totals = z.object({
  products: z.number(),
  images: z.number(),
  pages: z.number(),
  groups: z.number(),
  rejectedRows: z.number(),
});
export type Totals = z.output<typeof Totals>;

/** How the file is cut into pages; kept with the request, so that a resumed ingest cuts at the same places. */
export const PagePlan = z.object({ imagesPerPage: z.number(), productsPerPage: z.number() });
export type PagePlan = z.output<typeof PagePlan>;

const Limits = z.object({
  maxRows: z.number(),
  maxColumns: z.number(),
  maxCellBytes: z.number(),
  maxUrlsPerProduct: z.number(),
  maxUrlLength: z.number(),
  maxFileBytes: z.number(),
});

const RequestItem = z.object({
  requestId: z.string(),
  owner: z.string(),
  status: RequestStatus,
  source: Source,
  fileName: z.string(),
  options: ImageOptions,
  /** The limits at the time of upload: a later change of settings must not move a page's edges. */
  limits: Limits,
  webhookUrl: z.string().optional(),
  webhookStatus: z.enum(['pending', 'delivered', 'failed']).optional(),
  /** Which run this is: 1, and one more for each retry. */
  generation: z.number(),
  createdAt: z.iso.datetime(),
  /** When a presigned upload arrived. */
  receivedAt: z.iso.datetime().optional(),
  sealedAt: z.iso.datetime().optional(),
  finishedAt: z.iso.datetime().optional(),
  /** Until when a presigned upload may arrive. */
  uploadUntil: z.iso.datetime().optional(),
  /** When DynamoDB may delete the item, in seconds since 1970. */
  expiresAt: z.number(),
  totals: Totals.optional(),
  plan: PagePlan.optional(),
  sealed: z.boolean().optional(),
  fullGroups: z.set(z.number()).optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

/** One accepted CSV, as its item tells it. */
export type Request = z.output<typeof RequestItem> & { counts: Counts };

/** Reads a request's item; throws when it is not one. */
export const toRequest = (item: Record<string, unknown>): Request => ({
  ...RequestItem.parse(item),
  counts: countsOf(item),
});

const ENDED: ReadonlySet<RequestStatus> = new Set(['COMPLETED', 'COMPLETED_WITH_ERRORS', 'FAILED', 'CANCELLED']);

export const hasEnded = ({ status }: Pick<Request, 'status'>): boolean => ENDED.has(status);

/** True when a result file exists. */
export const hasResult = ({ status }: Pick<Request, 'status'>): boolean =>
  status === 'COMPLETED' || status === 'COMPLETED_WITH_ERRORS';

/** All pages were sent and all their groups are full: the time to finish. */
export const isSettled = ({ sealed, totals, fullGroups }: Request): boolean =>
  sealed === true && fullGroups !== undefined && fullGroups.size === totals?.groups;
