import * as z from 'zod';
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

/** What one run has to do: the whole file, or what a retry tries again. */
export const RunTotals = Totals.omit({ rejectedRows: true });
export type RunTotals = z.output<typeof RunTotals>;

/** The error codes whose images a retry tries again; at most as many as there are codes. */
export const RetryCodes = z.array(z.string().max(40)).min(1).max(40);

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
  /** How its delivery ended; absent while it is under way. */
  webhookStatus: z.enum(['delivered', 'failed']).optional(),
  /** How often the webhook of this run was asked for: absent for the first time, 2 for its first redelivery. */
  webhookRound: z.number().optional(),
  /** Which run this is: 1, and one more for each retry. */
  generation: z.number(),
  createdAt: z.iso.datetime(),
  /** When a presigned upload arrived. */
  receivedAt: z.iso.datetime().optional(),
  /** Which of the files that were sent by its form counts. */
  inputVersion: z.string().optional(),
  sealedAt: z.iso.datetime().optional(),
  finishedAt: z.iso.datetime().optional(),
  /** When its caller asked for its end: what has not begun then ends as cancelled. */
  cancelledAt: z.iso.datetime().optional(),
  /** Until when a presigned upload may arrive. */
  uploadUntil: z.iso.datetime().optional(),
  /** When DynamoDB may delete the item, in seconds since 1970. */
  expiresAt: z.number(),
  totals: Totals.optional(),
  plan: PagePlan.optional(),
  /** Since when the current run, if it is a retry, and which codes it tries again; absent codes are all. */
  retry: z.object({ at: z.iso.datetime(), codes: RetryCodes.optional() }).optional(),
  /** What the retry has to do; absent until that is known. */
  retryTotals: RunTotals.optional(),
  /** Retries that could not be begun. Some of their pages may settle after all, or later still: these do not count. */
  voidRuns: z.set(z.number()).optional(),
  /** What was counted before the retry whose number is `run` was planned; it counts again should that turn out void. */
  earlier: z.object({ run: z.number(), counts: z.record(z.string(), z.number()).transform(countsOf) }).optional(),
  /** The latest run all of whose pages were sent. */
  sealedGeneration: z.number().optional(),
  fullGroups: z.set(z.number()).optional(),
  /** The run whose result files are the latest. */
  resultGeneration: z.number().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

/** One accepted CSV, as its item tells it; `counts` are the item's own, for what they say see `standingCounts`. */
export type Request = z.output<typeof RequestItem> & { counts: Counts };

/** Reads a request's item; throws when it is not one. */
export const toRequest = (item: Record<string, unknown>): Request => ({
  ...RequestItem.parse(item),
  counts: countsOf(item),
});

export const ENDED_STATUSES = ['COMPLETED', 'COMPLETED_WITH_ERRORS', 'FAILED', 'CANCELLED'] as const;
const ENDED: ReadonlySet<RequestStatus> = new Set(ENDED_STATUSES);

/** Its time is over: DynamoDB deletes it within days, item by item, and its files are gone or about to go. */
export const isExpired = ({ expiresAt }: Pick<Request, 'expiresAt'>, now: Date): boolean =>
  expiresAt * 1000 <= now.getTime();

export const hasEnded = ({ status }: Pick<Request, 'status'>): boolean => ENDED.has(status);

/** Since when its file is there, or its retry was asked for; undefined while the file is awaited. */
export const startOfRun = ({ retry, receivedAt, createdAt, source }: Request): string | undefined =>
  retry?.at ?? receivedAt ?? (source === 'upload' ? undefined : createdAt);

/** A result file can be had: of the last run, or of one before it that got so far. */
export const hasResult = <R extends Pick<Request, 'status' | 'resultGeneration'>>(
  request: R,
): request is R & { resultGeneration: number } => hasEnded(request) && request.resultGeneration !== undefined;

/** A file of the rows that failed can be had; beside a result without any there is none to ask for. */
export const hasFailedRows = (request: Pick<Request, 'status' | 'resultGeneration'>): boolean =>
  hasResult(request) && request.status !== 'COMPLETED';

export type RetryObstacle = 'not_finished' | 'no_result' | 'nothing_to_retry';

/** Why the images that failed with one of these codes, or all that failed, can't be tried again; undefined when they can. */
export function retryObstacle(request: Request, codes?: readonly string[]): RetryObstacle | undefined {
  if (!hasEnded(request)) return 'not_finished';
  // Not all of its pages were ever sent: it has no products.
  if (request.sealedGeneration === undefined) return 'no_result';
  // Without a result of this run there is something to do in any case: to write it.
  if (request.resultGeneration !== request.generation) return undefined;
  const { counts } = request;
  const failed = codes ? codes.some((code) => counts[`error_${code}`]) : counts.imagesFailed;
  return failed ? undefined : 'nothing_to_retry';
}

export const canRetry = (request: Request): boolean => retryObstacle(request) === undefined;

/** What the current run has to do; undefined until that is known. */
export const runTotals = ({ generation, totals, retryTotals }: Request): RunTotals | undefined =>
  generation === 1 ? totals : retryTotals;

/** All pages were sent and all their groups are full: the time to finish. */
export const isSettled = (request: Request): boolean =>
  request.sealedGeneration === request.generation && (request.fullGroups?.size ?? 0) === runTotals(request)?.groups;
