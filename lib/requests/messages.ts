import { z } from 'zod';
import { RequestId } from './ids.ts';
import { Product } from './product-record.ts';

/** The promise behind an upload: whatever is left of its ingest is done when this arrives. */
export const IngestMessage = z.object({ kind: z.literal('ingest'), requestId: RequestId });
export type IngestMessage = z.output<typeof IngestMessage>;

/** One page: the promise that its products are settled. */
export const PageMessage = z.object({
  requestId: RequestId,
  generation: z.number().int(),
  page: z.number().int().min(0),
  /** How many pages the page's group has, so that whoever fills it knows. */
  pagesInGroup: z.number().int().min(1),
  products: z.array(Product).min(1),
  /** The page may have been sent before: look at what is settled before fetching anything. */
  again: z.boolean(),
});
export type PageMessage = z.output<typeof PageMessage>;

/** All is settled: the promise of a result file and an end. */
export const FinishMessage = z.object({ requestId: RequestId, generation: z.number().int() });
export type FinishMessage = z.output<typeof FinishMessage>;

/** The request has ended: the promise that its caller is told. */
export const WebhookMessage = z.object({ requestId: RequestId, generation: z.number().int() });
export type WebhookMessage = z.output<typeof WebhookMessage>;
