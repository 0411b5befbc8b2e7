import * as z from 'zod';
import { RequestId } from './ids.ts';
import { Product } from './product-record.ts';
import { RetryCodes } from './request.ts';

/** The promise behind an upload: whatever is left of its ingest is done when this arrives. */
const Ingest = z.object({ kind: z.literal('ingest'), requestId: RequestId });

/** The wish to try what failed once more, as the run with this generation. */
const Retry = z.object({
  kind: z.literal('retry'),
  requestId: RequestId,
  generation: z.int(),
  codes: RetryCodes.optional(),
});

/** Whatever the request waits for is sent once more, as if its messages had been lost. */
const Resend = z.object({ kind: z.literal('resend'), requestId: RequestId });

/** Our own messages on the ingest queue; S3's events come there, too. */
export const IngestMessage = z.discriminatedUnion('kind', [Ingest, Retry, Resend]);
export type IngestMessage = z.output<typeof IngestMessage>;
export type RetryMessage = z.output<typeof Retry>;

/** One page: the promise that its products are settled. */
export const PageMessage = z.object({
  requestId: RequestId,
  generation: z.number().int(),
  page: z.number().int().min(0),
  /** How many pages the page's group has, so that whoever fills it knows. */
  pagesInGroup: z.number().int().min(1),
  products: z.array(Product).min(1),
  /** The page may have been sent before, or is tried again: look at what is settled before fetching anything. */
  again: z.boolean(),
  /** How many tries its images had used up before this message; absent for none. */
  tried: z.number().int().min(1).optional(),
});
export type PageMessage = z.output<typeof PageMessage>;

/** All is settled: the promise of a result file and an end. Behind the end it comes once more, to sweep up. */
export const FinishMessage = z.object({
  requestId: RequestId,
  generation: z.number().int(),
  sweep: z.literal(true).optional(),
});
export type FinishMessage = z.output<typeof FinishMessage>;

/** The request has ended: the promise that its caller is told; in a round of its own, when it is told once more. */
export const WebhookMessage = z.object({
  requestId: RequestId,
  generation: z.number().int(),
  /** Absent for the first one. */
  round: z.number().int().min(1).optional(),
});
export type WebhookMessage = z.output<typeof WebhookMessage>;
