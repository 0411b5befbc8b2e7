import * as z from 'zod';

// Loose objects keep the fields this program does not know, so that --json passes them on.

const RequestStatus = z.enum([
  'AWAITING_FILE',
  'RECEIVED',
  'PROCESSING',
  'FINISHING',
  'COMPLETED',
  'COMPLETED_WITH_ERRORS',
  'FAILED',
  'CANCELLED',
]);

/** One problem of a row, or of an option (then without a row). */
const RowProblem = z.looseObject({
  row: z.number().nullish(),
  column: z.string().nullish(),
  code: z.string().nullish(),
  message: z.string().nullish(),
});
export type RowProblem = z.infer<typeof RowProblem>;

/** What `GET /api/requests` tells of each request. */
export const RequestHead = z.looseObject({
  requestId: z.string(),
  status: RequestStatus,
  source: z.string(),
  generation: z.number(),
  fileName: z.string(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  error: z.looseObject({ code: z.string(), message: z.string() }).nullable(),
  products: z.looseObject({
    total: z.number(),
    completed: z.number(),
    partial: z.number(),
    failed: z.number(),
    cancelled: z.number(),
  }),
  images: z.looseObject({ total: z.number(), compressed: z.number(), failed: z.number() }),
  failures: z.record(z.string(), z.number()),
  bytes: z.looseObject({ in: z.number(), out: z.number(), savedPercent: z.number().nullable() }),
  /** Null where there is nothing to be had. */
  links: z.looseObject({ export: z.string().nullable(), failedRows: z.string().nullable() }),
});
export type RequestHead = z.infer<typeof RequestHead>;

/** What `GET /api/status/{requestId}` answers. */
export const Status = RequestHead.extend({
  progress: z.looseObject({
    percent: z.number(),
    imagesPerSecond: z.number().nullable(),
    secondsLeft: z.number().nullable(),
  }),
  webhook: z.looseObject({ status: z.string(), deliveryId: z.string() }).nullish(),
});
export type Status = z.infer<typeof Status>;

export const hasEnded = ({ status }: Status): boolean =>
  status === 'COMPLETED' || status === 'COMPLETED_WITH_ERRORS' || status === 'FAILED' || status === 'CANCELLED';

export const RequestList = z.looseObject({ requests: z.array(RequestHead) });

/** What `POST /api/upload` answers. */
export const Accepted = z.looseObject({
  requestId: z.string(),
  products: z.number(),
  images: z.number(),
  rejectedRows: z.looseObject({ count: z.number(), first: z.array(RowProblem) }),
});
export type Accepted = z.infer<typeof Accepted>;

/** What `POST /api/uploads` answers. */
export const UploadSlot = z.looseObject({
  requestId: z.string(),
  upload: z.looseObject({ url: z.string(), fields: z.record(z.string(), z.string()), maxBytes: z.number() }),
});
export type UploadSlot = z.infer<typeof UploadSlot>;

/** What a retry and a cancellation answer. */
export const Changed = z.looseObject({ requestId: z.string(), status: RequestStatus, generation: z.number() });
export type Changed = z.infer<typeof Changed>;

/** What a redelivery answers. */
export const Redelivery = z.looseObject({ deliveryId: z.string(), status: z.string() });
export type Redelivery = z.infer<typeof Redelivery>;

/** RFC 9457 as Rowpress uses it; `message` is what API Gateway itself answers with. */
export const Problem = z.looseObject({
  title: z.string().optional(),
  detail: z.string().optional(),
  message: z.string().optional(),
  code: z.string().optional(),
  errors: z.array(RowProblem).optional(),
});
