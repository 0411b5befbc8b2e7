import { IMAGE_ERRORS } from '../images/image-error.ts';
import {
  cancel,
  createUpload,
  exported,
  list,
  redeliver,
  requestEnded,
  retry,
  status,
  upload,
} from './openapi-operations.ts';
import { inPath, query, requestId } from './openapi-parts.ts';
import { PROBLEMS } from './problem-response.ts';

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
      requestEnded: { post: requestEnded() },
    },
    components: { schemas: { Problem: problemSchema(), ImageErrorCode: imageErrorCodes() } },
  };
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
