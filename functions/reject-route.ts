import { api } from '../lib/http/api.ts';
import { openApi } from '../lib/http/openapi.ts';
import { problemResponse } from '../lib/http/problem-response.ts';
import { routeProblem } from '../lib/http/route-problem.ts';

const { paths } = openApi();

/** Every call that no other function answers: 404, or 405 with the methods that are understood. */
export const handler = api((event) => {
  const { problem, headers } = routeProblem(event.requestContext.http, paths);
  const response = problemResponse(problem);
  return Promise.resolve({ ...response, headers: { ...response.headers, ...headers } });
});
