import { afterEach, expect, test, vi } from 'vitest';
import { lambdaContext, readHttpEvent } from '../../tests/fakes/lambda.ts';
import { logger } from '../logger.ts';
import { Problem } from '../requests/problem.ts';
import { api, json, ownerOf, redirect } from './api.ts';

const event = readHttpEvent('get-status');

afterEach(() => void vi.restoreAllMocks());

test('an answer is given as it is', async () => {
  const handler = api(({ pathParameters }) => Promise.resolve(json(200, pathParameters)));
  expect(await handler(event, lambdaContext())).toEqual({
    statusCode: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(event.pathParameters),
  });
});

test('a redirect keeps the method and is not cached', () => {
  expect(redirect('https://data.example/')).toEqual({
    statusCode: 307,
    headers: { location: 'https://data.example/', 'cache-control': 'no-store' },
    body: '',
  });
});

test.each([
  ['a problem', () => Promise.reject(new Problem('not_found', 'There is no such request.')), 404],
  ['anything else', () => Promise.reject(new Error('inside')), 500],
  [
    'what is thrown before there is a promise',
    () => {
      throw new Error('inside');
    },
    500,
  ],
])('%s becomes an answer: the function itself never fails', async (_name, work, status) => {
  vi.spyOn(logger, 'error').mockReturnValue(undefined);
  const answer = await api(work)(event, lambdaContext());
  expect(answer).toMatchObject({ statusCode: status, headers: { 'content-type': 'application/problem+json' } });
});

test('the owner is whom the authorizer names, else everybody is the same', () => {
  const { requestContext } = event;
  expect(ownerOf(event)).toBe('default');
  expect(ownerOf({ ...event, requestContext: { ...requestContext, authorizer: {} } })).toBe('default');
  const authorizer = { lambda: { owner: 'acme' } };
  expect(ownerOf({ ...event, requestContext: { ...requestContext, authorizer } })).toBe('acme');
});
