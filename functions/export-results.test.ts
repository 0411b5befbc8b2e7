import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, expect, test } from 'vitest';
import type { ApiEvent } from '../lib/http/api.ts';
import { lambdaContext, readHttpEvent, useEnvironmentOf } from '../tests/fakes/lambda.ts';
import { REQUEST_ID, requestItem } from '../tests/fakes/make-request.ts';
import { mockAws } from '../tests/fakes/mock-aws.ts';

useEnvironmentOf('export-results');
const { handler } = await import('./export-results.ts');
const aws = mockAws();
const call = (event: ApiEvent) => handler(event, lambdaContext());

beforeEach(() => {
  aws.reset();
  aws.table.on(GetCommand).resolves({ Item: requestItem({ status: 'COMPLETED_WITH_ERRORS' }) });
});

test.each([
  ['export-results.by-path', 'results.csv', 'products.results.csv'],
  ['export-results.by-query', 'failed.csv', 'products.failed.csv'],
])('%s redirects to a short-lived address that downloads %s', async (event, object, name) => {
  const answer = await call(readHttpEvent(event));
  expect(answer).toMatchObject({ statusCode: 307, headers: { 'cache-control': 'no-store' } });
  const url = new URL(String(answer.headers?.location));
  expect(url.pathname).toBe(`/results/${REQUEST_ID}/${object}`);
  expect(url.searchParams.get('X-Amz-Expires')).toBe('300');
  expect(url.searchParams.get('response-content-disposition')).toBe(`attachment; filename*=UTF-8''${name}`);
});

test.each(['application/json', 'application/json, text/plain'])(
  'tells a script that takes %s the address',
  async (accept) => {
    const event = readHttpEvent('export-results.by-path');
    event.headers.accept = accept;
    const answer = await call(event);
    expect(answer).toMatchObject({ statusCode: 200, headers: { 'cache-control': 'no-store' } });
    const { url } = JSON.parse(answer.body!) as { url: string };
    expect(new URL(url).pathname).toBe(`/results/${REQUEST_ID}/results.csv`);
  },
);

// The second is what axios asks for when it is told nothing.
test.each([
  undefined,
  'application/json, text/plain, */*',
  'application/json, text/csv;q=0.5',
  'text/*, application/json',
])('redirects a caller that takes %s, for it takes a CSV', async (accept) => {
  const event = readHttpEvent('export-results.by-path');
  const headers = { ...event.headers, ...(accept !== undefined && { accept }) };
  if (accept === undefined) Reflect.deleteProperty(headers, 'accept');
  expect((await call({ ...event, headers })).statusCode).toBe(307);
});

test('tells that an unfinished request has no result yet', async () => {
  aws.table.on(GetCommand).resolves({ Item: requestItem() });
  const answer = await call(readHttpEvent('export-results.by-path'));
  expect(answer.headers).toMatchObject({ 'content-type': 'application/problem+json' });
  expect(JSON.parse(answer.body!)).toMatchObject({ status: 409, code: 'not_finished' });
});

test.each([
  ['no id at all', {}, 404, 'not_found'],
  ['rows that are not known', { requestId: REQUEST_ID, rows: 'some' }, 400, 'invalid_request'],
])('%s is refused', async (_name, queryStringParameters, status, code) => {
  const answer = await call({ ...readHttpEvent('export-results.by-query'), queryStringParameters });
  expect(JSON.parse(answer.body!)).toMatchObject({ status, code });
  expect(aws.names()).toEqual([]);
});
