import { Problem } from '../requests/problem.ts';
import { accepts } from './accept.ts';
import type { ApiEvent, ApiResponse } from './api.ts';
import { problemResponse } from './problem-response.ts';
import { serveFile, type StaticFiles } from './static-files.ts';

const INDEX = '/index.html';
/** The page's own addresses, which must work after a reload. */
const VIEWS = /^\/(requests(\/[^/]+)?\/?)?$/;
const METHODS = ['GET', 'HEAD'];

export type PageDeps = { files: StaticFiles; headers: Record<string, string> };

/** The page, one of its files, or why there is none: as the page itself to a browser, else as a problem. */
export function servePage(event: ApiEvent, { files, headers }: PageDeps): ApiResponse {
  const response = answer(event, files);
  return { ...response, headers: { ...headers, ...response.headers } };
}

function answer(event: ApiEvent, files: StaticFiles): ApiResponse {
  const { method, path } = event.requestContext.http;
  const index = files.get(INDEX);
  if (!index) throw new Error('The page is not there: `npm run web:build` makes it.');
  const file = VIEWS.test(path) ? index : files.get(path);
  if (!METHODS.includes(method)) return refuseMethod(method, file !== undefined);
  if (file) return serveFile(file, event);
  if (!wantsPage(event)) return problemResponse(nothingHere());
  const page = serveFile(index, { ...event, headers: { ...event.headers, 'if-none-match': undefined } });
  return { ...page, statusCode: 404, headers: { ...page.headers, 'cache-control': 'no-store' } };
}

const nothingHere = () => new Problem('not_found', 'There is nothing at this address.');

function refuseMethod(method: string, known: boolean): ApiResponse {
  if (!known) return problemResponse(nothingHere());
  const allow = METHODS.join(', ');
  const response = problemResponse(new Problem('method_not_allowed', `${method} is not understood here; ${allow} is.`));
  return { ...response, headers: { ...response.headers, allow } };
}

/** Only people, by their browsers, ask for HTML by name. */
const wantsPage = ({ headers }: ApiEvent) => accepts(headers.accept, 'text/html');
