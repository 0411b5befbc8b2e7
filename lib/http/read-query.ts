import * as z from 'zod';
import { RequestId } from '../requests/ids.ts';
import type { ProductFilter } from '../requests/list-products.ts';
import { Problem } from '../requests/problem.ts';
import { ProductStatus } from '../requests/product-record.ts';
import { readSubmitOptions, type SubmitOptions } from '../requests/submit-options.ts';
import { IMAGE_ERRORS } from '../images/image-error.ts';
import type { ImageOptions } from '../images/image-options.ts';
import type { ApiEvent } from './api.ts';
import { plainFileName } from '../requests/file-name.ts';

/** What is no id is as unknown as an id that never was. Throws Problem `not_found`. */
export function readRequestId(value: string | undefined): string {
  const id = RequestId.safeParse(value);
  if (!id.success) throw new Problem('not_found', 'There is no such request.');
  return id.data;
}

const limit = (fallback: number) => z.coerce.number().int().min(1).max(100).default(fallback);

export const StatusQuery = z.object({
  products: z.enum(['all', 'failed']).optional(),
  status: z
    .string()
    .meta({ description: `only products that ended so, of ${ProductStatus.options.join(', ')}; several with commas` })
    .transform((list) => list.split(','))
    .pipe(z.array(ProductStatus))
    .optional(),
  cursor: z.coerce.number().int().min(0).default(0),
  limit: limit(50),
});
export const ListQuery = z.object({ cursor: RequestId.optional(), limit: limit(20) });
export const ExportQuery = z.object({ rows: z.enum(['all', 'failed']).default('all') });

/** Throws Problem `invalid_request`, which names every bad parameter. */
export const readQuery = <Schema extends z.ZodType>(schema: Schema, query: unknown): z.output<Schema> =>
  parsed(schema, query ?? {}, 'The query has parameters that are not understood.');

/** The products asked for in a status query, if any. */
export function productFilter(query: z.output<typeof StatusQuery>): ProductFilter | undefined {
  const { status: statuses, products = statuses && 'all', cursor, limit } = query;
  return products && { only: products, statuses, fromPage: cursor, limit };
}

/** Throws Problem `invalid_options`, which names every bad option. */
export function readOptions(
  fields: Record<string, string>,
  defaults: ImageOptions,
): Exclude<SubmitOptions, { problems: unknown[] }> {
  const read = readSubmitOptions(fields, defaults, { refuseUnknown: true });
  if (read.problems) throw new Problem('invalid_options', 'Some options are not understood.', read.problems);
  return read;
}

const IdempotencyKey = z.string().regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters');

/** The caller's Idempotency-Key, if any. Throws Problem `invalid_request`. */
export const readIdempotencyKey = ({ headers }: ApiEvent): string | undefined =>
  parsed(z.object({ 'idempotency-key': IdempotencyKey.optional() }), headers, 'A header is not understood.')[
    'idempotency-key'
  ];

const UploadBody = z
  .object({ fileName: z.string().min(1).max(200) })
  .catchall(z.union([z.string(), z.number(), z.null()]));

/** The body of POST /api/uploads: a file name and options. Throws Problem `invalid_request`. */
export function readUploadBody(body: string): { fileName: string; fields: Record<string, string> } {
  const { fileName, ...rest } = parsed(UploadBody, parseJson(body), 'The body is not what is expected.');
  return {
    fileName: plainFileName(fileName),
    fields: Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value ?? '')])),
  };
}

const imageErrorCode = z.enum(Object.keys(IMAGE_ERRORS));

export const RetryBody = z.strictObject({
  codes: z.array(imageErrorCode).min(1).optional().meta({ description: 'only images that failed so' }),
  generation: z
    .int()
    .min(1)
    .optional()
    .meta({ description: 'the run whose failures are meant; after it nothing is done' }),
});

/** The body of a retry, which may be left out. Throws Problem `invalid_request`. */
export const readRetryBody = (body: string): z.output<typeof RetryBody> =>
  parsed(RetryBody, body === '' ? {} : parseJson(body), 'The body is not what is expected.');

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Problem('invalid_request', 'The body is not JSON.');
  }
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown, message: string): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const errors = read.error.issues.map(({ path, message }) => ({ field: path.join('.'), code: 'invalid', message }));
  throw new Problem('invalid_request', message, errors);
}
