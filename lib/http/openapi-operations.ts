import * as z from 'zod';
import { AcceptedView, ChangedView, UploadView } from '../requests/accepted-view.ts';
import { RedeliveryView } from '../requests/redeliver-webhook.ts';
import { ListView, StatusView } from '../requests/views.ts';
import { WebhookPayload } from '../requests/webhook-payload.ts';
import {
  answer,
  answers,
  conditionally,
  idempotencyKey,
  ifNoneMatch,
  inPath,
  jsonSchema,
  optionParameters,
  optionProperties,
  problems,
  queries,
  query,
} from './openapi-parts.ts';
import { ExportQuery, ListQuery, RetryBody, StatusQuery } from './read-query.ts';

export const upload = () => ({
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

export const createUpload = () => ({
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

export const status = () => ({
  operationId: 'status',
  summary: 'How far a request has come, and its settled products when asked for',
  parameters: [inPath, ...queries(StatusQuery), ifNoneMatch],
  responses: { ...conditionally(answers('the request', StatusView)), ...problems('invalid_request', 'not_found') },
});

export const list = () => ({
  operationId: 'list',
  summary: "The caller's requests, newest first",
  parameters: [...queries(ListQuery), ifNoneMatch],
  responses: { ...conditionally(answers('requests', ListView)), ...problems('invalid_request') },
});

export const retry = () => ({
  operationId: 'retry',
  summary: 'Tries the failed images of an ended request again, as a further run of it',
  parameters: [inPath],
  requestBody: { content: { 'application/json': { schema: jsonSchema(RetryBody, 'input') } } },
  responses: {
    202: answers('the run has begun, or had begun before', ChangedView),
    ...problems('invalid_request', 'not_found', 'not_finished', 'no_result', 'nothing_to_retry'),
  },
});

export const cancel = () => ({
  operationId: 'cancel',
  summary: 'Finishes the images that have begun and ends all others as cancelled',
  parameters: [inPath],
  responses: {
    202: answers('it is being ended, or was before', ChangedView),
    ...problems('not_found', 'already_ended'),
  },
});

export const redeliver = () => ({
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

export const exported = (operationId: string, parameters: object[]) => ({
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

export const requestEnded = () => ({
  summary: 'Sent when a request has ended; signed by Standard Webhooks',
  parameters: ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => ({
    name,
    in: 'header',
    required: true,
    schema: { type: 'string' },
  })),
  requestBody: { required: true, content: { 'application/json': { schema: answer(WebhookPayload) } } },
  responses: { '2XX': { description: 'taken; anything else is tried again, 410 ends it' } },
});
