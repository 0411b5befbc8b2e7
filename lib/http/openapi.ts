import * as z from 'zod';
import { IMAGE_ERRORS } from '../images/image-error.ts';
import { AcceptedView, ChangedView, UploadView } from '../requests/accepted-view.ts';
import { RedeliveryView } from '../requests/redeliver-webhook.ts';
import { ListView, StatusView } from '../requests/views.ts';
import { WebhookPayload } from '../requests/webhook-payload.ts';
import { WebhookUrl } from '../webhooks/webhook-url.ts';
import { ImageOptions } from '../images/image-options.ts';
import { PROBLEMS } from './problem-response.ts';
import { ExportQuery, ListQuery, RetryBody, StatusQuery } from './read-query.ts';

type JsonSchema = Record<string, unknown>;
type ProblemName = keyof typeof PROBLEMS;

/** The OpenAPI 3.1 description of the API, made of the very schemas that the code reads and answers by. */
export function openApi() {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rowpress',
      version: '0.1.0',
      license: { name: 'MIT', identifier: 'MIT' },
      description:
        'A CSV of products and image URLs in; every image fetched, compressed and stored; the same CSV with the output URLs out.',
    },
    servers: [{ url: 'http://127.0.0.1:3000', description: 'npm start' }],
    paths: {
      '/api/upload': { post: upload() },
      '/api/uploads': { post: createUpload() },
      '/api/status/{requestId}': { get: status() },
      '/api/requests': { get: list() },
      '/api/requests/{requestId}/webhooks/{deliveryId}/redeliver': { post: redeliver() },
      '/api/requests/{requestId}/retry': { post: retry() },
      '/api/requests/{requestId}/cancel': { post: cancel() },
      '/api/export': { get: exported('exportByQuery', [query('requestId', requestId, true)]) },
      '/api/export/{requestId}': { get: exported('export', [inPath]) },
    },
    webhooks: {
      requestEnded: {
        post: {
          summary: 'Sent when a request has ended; signed by Standard Webhooks',
          parameters: ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => ({
            name,
            in: 'header',
            required: true,
            schema: { type: 'string' },
          })),
          requestBody: { required: true, content: { 'application/json': { schema: answer(WebhookPayload) } } },
          responses: { '2XX': { description: 'taken; anything else is tried again, 410 ends it' } },
        },
      },
    },
    components: { schemas: { Problem: problemSchema(), ImageErrorCode: imageErrorCodes() } },
  };
}

const upload = () => ({
  operationId: 'upload',
  summary: 'Takes a CSV of up to about 4.4 MB',
  parameters: [idempotencyKey, ...optionParameters(), query('fileName', { type: 'string' })],
  requestBody: {
    required: true,
    content: {
      'multipart/form-data': {
        schema: {
          type: 'object',
          required: ['file'],
          properties: { file: { type: 'string', contentMediaType: 'text/csv' }, ...optionProperties() },
        },
      },
      'text/csv': { schema: { type: 'string' } },
      'application/octet-stream': { schema: { type: 'string' } },
    },
  },
  responses: {
    202: answers('accepted: every row is on its way', AcceptedView),
    ...problems(
      ...([
        'invalid_request',
        'payload_too_large',
        'unsupported_media_type',
        'invalid_options',
        'missing_file',
        'idempotency_key_reused',
      ] as const),
      ...(['empty_file', 'unsupported_encoding', 'not_a_csv', 'no_header', 'no_rows', 'too_many_rows'] as const),
      ...(['too_many_columns', 'malformed_csv', 'file_too_large'] as const),
    ),
  },
});

const createUpload = () => ({
  operationId: 'createUpload',
  summary: 'Hands out a form by which a large CSV goes straight to S3',
  parameters: [idempotencyKey],
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          required: ['fileName'],
          properties: { fileName: { type: 'string', minLength: 1, maxLength: 200 }, ...optionProperties() },
        },
      },
    },
  },
  responses: {
    201: answers('the request, and where its file goes', UploadView),
    ...problems('invalid_request', 'invalid_options', 'idempotency_key_reused'),
  },
});

const status = () => ({
  operationId: 'status',
  summary: 'How far a request has come, and its settled products when asked for',
  parameters: [inPath, ...queries(StatusQuery), ifNoneMatch],
  responses: { ...conditionally(answers('the request', StatusView)), ...problems('invalid_request', 'not_found') },
});

const list = () => ({
  operationId: 'list',
  summary: "The caller's requests, newest first",
  parameters: [...queries(ListQuery), ifNoneMatch],
  responses: { ...conditionally(answers('requests', ListView)), ...problems('invalid_request') },
});

const retry = () => ({
  operationId: 'retry',
  summary: 'Tries the failed images of an ended request again, as a further run of it',
  parameters: [inPath],
  requestBody: { content: { 'application/json': { schema: jsonSchema(RetryBody, 'input') } } },
  responses: {
    202: answers('the run has begun, or had begun before', ChangedView),
    ...problems('invalid_request', 'not_found', 'not_finished', 'no_result', 'nothing_to_retry'),
  },
});

const cancel = () => ({
  operationId: 'cancel',
  summary: 'Finishes the images that have begun and ends all others as cancelled',
  parameters: [inPath],
  responses: {
    202: answers('it is being ended, or was before', ChangedView),
    ...problems('not_found', 'already_ended'),
  },
});

const redeliver = () => ({
  operationId: 'redeliver',
  summary: 'Has the webhook of a request that has ended delivered once more, under the same `webhook-id`',
  parameters: [
    inPath,
    { ...inPath, name: 'deliveryId', schema: { type: 'string' }, description: '`webhook.deliveryId` of the status' },
  ],
  responses: {
    202: answers('on its way, by this call or by an earlier one', RedeliveryView),
    ...problems('not_found', 'not_finished'),
  },
});

const exported = (operationId: string, parameters: object[]) => ({
  operationId,
  summary: 'Redirects to the result CSV, or to the rows of it that failed',
  parameters: [...parameters, ...queries(ExportQuery)],
  responses: {
    200: answers(
      'the same address, for callers that accept application/json and not text/csv (`*/*` accepts it)',
      z.object({ url: z.url() }),
    ),
    307: {
      description: 'a short-lived address of the file',
      headers: { location: { required: true, schema: { type: 'string', format: 'uri' } } },
    },
    ...problems('invalid_request', 'not_found', 'not_finished', 'no_result', 'no_failed_rows'),
  },
});

const requestId = { type: 'string', minLength: 26, maxLength: 26 };
const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
  description: 'calls with the same key and content within a day make one request',
};
const ifNoneMatch = {
  name: 'If-None-Match',
  in: 'header',
  schema: { type: 'string' },
  description: 'the ETag of the answer that the caller holds; browsers send it by themselves',
};
const inPath = { name: 'requestId', in: 'path', required: true, schema: requestId };

const query = (name: string, schema: object, required = false) => ({ name, in: 'query', required, schema });

/** What is sent (`input`: defaults make a field optional) or answered (`output`), as JSON Schema. */
const jsonSchema = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema =>
  Object.fromEntries(
    Object.entries(z.toJSONSchema(schema, { io, unrepresentable: 'any' })).filter(([name]) => name !== '$schema'),
  );

const answer = (schema: z.ZodType) => jsonSchema(schema, 'output');

function propertiesOf(schema: z.ZodObject): [string, JsonSchema][] {
  const { properties } = jsonSchema(schema, 'input');
  return Object.entries(isRecord(properties) ? properties : {}).map(([name, field]) => [
    name,
    isRecord(field) ? field : {},
  ]);
}

const isRecord = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null;

const queries = (schema: z.ZodObject) => propertiesOf(schema).map(([name, field]) => query(name, field));

const webhookUrl = () => ({ ...answer(WebhookUrl), description: 'told when the request has ended' });

const optionProperties = () => ({ ...Object.fromEntries(propertiesOf(ImageOptions)), webhookUrl: webhookUrl() });

const optionParameters = () => Object.entries(optionProperties()).map(([name, field]) => query(name, field));

const answers = (description: string, schema: z.ZodType) => ({
  description,
  content: { 'application/json': { schema: answer(schema) } },
});

const conditionally = (response: object) => ({
  200: { ...response, headers: { etag: { required: true, schema: { type: 'string' } } } },
  304: { description: 'what the caller holds is still right' },
});

/** The problems of an operation by their status; any operation can end with 500 and 503. */
function problems(...codes: ProblemName[]): Record<string, object> {
  const byStatus = Map.groupBy<number, ProblemName>(
    [...codes, 'internal_error', 'unavailable'],
    (code) => PROBLEMS[code].status,
  );
  return Object.fromEntries(
    [...byStatus].map(([httpStatus, names]) => [
      httpStatus,
      {
        description: names.map((name) => `\`${name}\`: ${PROBLEMS[name].title}`).join('; '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

const problemSchema = () => ({
  type: 'object',
  description: 'RFC 9457',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', enum: Object.keys(PROBLEMS), description: 'stable' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['code', 'message'],
        properties: {
          field: { type: 'string' },
          row: { type: 'integer' },
          column: { type: ['string', 'null'] },
          code: { type: 'string' },
          value: { type: 'string' },
          message: { type: 'string' },
        },
      },
    },
  },
});

const imageErrorCodes = () => ({
  type: 'string',
  description: Object.entries(IMAGE_ERRORS)
    .map(([code, { meaning, retryable }]) => `\`${code}\`${retryable ? ' (tried again)' : ''}: ${meaning}`)
    .join('\n'),
  enum: Object.keys(IMAGE_ERRORS),
});
