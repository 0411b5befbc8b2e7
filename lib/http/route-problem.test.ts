import { expect, test } from 'vitest';
import { openApi } from './openapi.ts';
import { routeProblem } from './route-problem.ts';

const { paths } = openApi();

test.each([
  ['GET', '/api/upload', 'method_not_allowed', 'POST'],
  ['DELETE', '/api/status/01M825146GCH1DFB0N96BRJSAY', 'method_not_allowed', 'GET'],
  ['POST', '/api/export', 'method_not_allowed', 'GET'],
  ['GET', '/api/unknown', 'not_found', undefined],
  ['GET', '/api/status', 'not_found', undefined],
  ['GET', '/api/status/a/b', 'not_found', undefined],
  ['PUT', '/', 'not_found', undefined],
])('%s %s is %s', (method, path, code, allow) => {
  const { problem, headers } = routeProblem({ method, path }, paths);
  expect(problem.code).toBe(code);
  expect(headers).toEqual(allow === undefined ? {} : { allow });
});
