import { afterEach, describe, expect, test, vi } from 'vitest';
import { lambdaContext, readHttpEvent } from '../../tests/fakes/lambda.ts';
import { logger } from '../logger.ts';
import { Problem } from '../requests/problem.ts';
import { api, conditionalJson, json, ownerOf, redirect } from './api.ts';

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

describe('an answer that may be held already', () => {
  const body = { done: 3, secondsLeft: 7 };
  const ask = (held?: string, now: object = body) =>
    conditionalJson({ ...event, headers: { ...event.headers, 'if-none-match': held } }, now);

  test('is given with its tag, for this caller only', () => {
    expect(ask()).toEqual({
      statusCode: 200,
      headers: {
        'content-type': 'application/json',
        'cache-control': 'private, no-cache',
        etag: expect.stringMatching(/^W\/"[\w-]{27}"$/) as unknown,
      },
      body: JSON.stringify(body),
    });
  });

  test('is not given again while it is the same', () => {
    const { headers } = ask();
    const again = ask(String(headers!.etag));
    expect(again).toEqual({
      statusCode: 304,
      headers: { etag: headers!.etag, 'cache-control': 'private, no-cache' },
      body: '',
    });
  });

  test.each([{ ...body, done: 4 }, { ...body, secondsLeft: 6 }, {}])('is given when it has become %j', (now) => {
    expect(ask(String(ask().headers!.etag), now)).toMatchObject({ statusCode: 200, body: JSON.stringify(now) });
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
