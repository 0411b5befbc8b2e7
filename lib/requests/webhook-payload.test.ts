import { expect, test } from 'vitest';
import { makeRequest, REQUEST_ID } from '../../tests/fakes/make-request.ts';
import { linksUnder } from './links.ts';
import type { Request } from './request.ts';
import { WebhookPayload, webhookPayload } from './webhook-payload.ts';

const links = linksUnder('https://api.example');
const exportAt = links.results(REQUEST_ID);

test.each<[Partial<Request>, WebhookPayload['type'], string | null]>([
  [{ status: 'COMPLETED', resultGeneration: 1 }, 'request.completed', exportAt],
  [{ status: 'COMPLETED_WITH_ERRORS', resultGeneration: 1 }, 'request.completed_with_errors', exportAt],
  [{ status: 'CANCELLED', resultGeneration: 1 }, 'request.cancelled', exportAt],
  [{ status: 'CANCELLED' }, 'request.cancelled', null],
  [{ status: 'FAILED' }, 'request.failed', null],
  // Of a retry that was given up the result from before it stands.
  [{ status: 'FAILED', generation: 2, resultGeneration: 1 }, 'request.failed', exportAt],
])('of %j is %s, with the result at %s', (fields, type, exportUrl) => {
  const finishedAt = '2025-10-05T18:58:28.000Z';
  const payload = webhookPayload(makeRequest({ ...fields, finishedAt }), links);
  expect(WebhookPayload.parse(payload)).toMatchObject({
    type,
    timestamp: finishedAt,
    data: { requestId: REQUEST_ID, status: fields.status, statusUrl: links.status(REQUEST_ID), exportUrl },
  });
});

test.each(['AWAITING_FILE', 'RECEIVED', 'PROCESSING', 'FINISHING'] as const)('%s has nothing to tell yet', (status) => {
  expect(() => webhookPayload(makeRequest({ status }), links)).toThrow(status);
});
