import * as z from 'zod';
import { ImageOptions } from '../images/image-options.ts';
import { RequestId } from './ids.ts';
import { ProductStatus, RowError } from './product-record.ts';
import { RequestStatus, Source } from './request.ts';
import { Delivery } from './delivery-log.ts';
import { ByteCounts, FormatCounts, ImageCounts, ProductCounts } from './summary.ts';

/** What the API tells of a request wherever it names one. */
export const RequestHead = z.object({
  requestId: RequestId,
  status: RequestStatus,
  source: Source,
  fileName: z.string(),
  generation: z.number().describe('1, and one more for each retry'),
  options: ImageOptions,
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable().describe('when its file was there, or its latest retry began'),
  finishedAt: z.iso.datetime().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable().describe('why the file as a whole failed'),
  products: ProductCounts,
  images: ImageCounts,
  failures: z.record(z.string(), z.number()).describe('how often each error code occurred'),
  formats: z.record(z.string(), FormatCounts).describe('images that have an output, by its format'),
  bytes: ByteCounts.describe('of the images that have an output, before and after'),
  canRetry: z.boolean().describe('it has ended, and a retry finds images that failed or a result to write'),
  links: z.object({
    self: z.url(),
    export: z.url().nullable().describe('the result CSV, when there is one'),
    failedRows: z.url().nullable().describe('the same of the rows that failed, when some may have'),
  }),
});
export type RequestHead = z.output<typeof RequestHead>;

export const ProductView = z.object({
  serial_number: z.string(),
  product_name: z.string(),
  input_urls: z.array(z.string()),
  output_urls: z.array(z.string()).describe('the same slots as input_urls; empty where the image failed'),
  request_id: z.string(),
  status: ProductStatus,
  row: z.number().describe('as a spreadsheet shows it; the header is row 1'),
  errors: z.array(RowError),
  images: z.array(
    z.object({
      url: z.string(),
      outputUrl: z.string().nullable(),
      code: z.string().nullable(),
      message: z.string().nullable(),
      httpStatus: z.number().nullable(),
      bytesIn: z.number(),
      bytesOut: z.number(),
      format: z.string().nullable(),
      width: z.number().nullable(),
      height: z.number().nullable(),
      warnings: z.array(z.string()),
    }),
  ),
});
export type ProductView = z.output<typeof ProductView>;

export const StatusView = RequestHead.extend({
  cancelledAt: z.iso.datetime().nullable().describe('when its end was asked for; what had begun by then is finished'),
  expiresAt: z.iso.datetime().nullable().describe('until when a presigned upload may arrive'),
  progress: z.object({
    percent: z.number(),
    imagesPerSecond: z.number().describe('on average since `startedAt`'),
    secondsLeft: z.number().nullable(),
  }),
  webhook: z
    .object({
      status: z.enum(['pending', 'delivered', 'failed']),
      deliveryId: z.string().describe('its `webhook-id`; what a redelivery is asked for by'),
      url: z.string().describe('without its query'),
      attempts: z.array(Delivery).describe('the latest hundred, oldest first'),
    })
    .nullable(),
  items: z.array(ProductView).optional().describe('settled products, with ?products='),
  nextCursor: z.string().nullable().optional(),
});
export type StatusView = z.output<typeof StatusView>;

export const ListView = z.object({ requests: z.array(RequestHead), nextCursor: z.string().nullable() });
export type ListView = z.output<typeof ListView>;
