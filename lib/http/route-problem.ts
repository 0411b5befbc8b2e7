import { Problem } from '../requests/problem.ts';

/** Operations by path and method, as OpenAPI writes them: `/api/status/{requestId}` → `get`. */
export type Paths = Record<string, Record<string, unknown>>;

type Route = { method: string; path: string };

/** Why no function answers a call: its path is unknown, or known with other methods, which are then given. */
export function routeProblem(
  { method, path }: Route,
  paths: Paths,
): { problem: Problem; headers: Record<string, string> } {
  const known = Object.entries(paths).find(([template]) => matches(template, path));
  if (!known) return { problem: new Problem('not_found', 'There is nothing at this address.'), headers: {} };
  const allow = Object.keys(known[1]).map((name) => name.toUpperCase());
  const problem = new Problem('method_not_allowed', `${method} is not understood here; ${allow.join(', ')} is.`);
  return { problem, headers: { allow: allow.join(', ') } };
}

function matches(template: string, path: string): boolean {
  const [expected, given] = [template.split('/'), path.split('/')];
  return expected.length === given.length && expected.every((part, at) => part.startsWith('{') || part === given[at]);
}
