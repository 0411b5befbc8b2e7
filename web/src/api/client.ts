import createClient from 'openapi-fetch';
import { apiKey, askForKey } from './api-key.ts';
import { ConnectionLost, toProblem } from './api-problem.ts';
import type { paths } from './api-types.ts';

const PATIENCE_MS = 30_000;

/** The API by its description; answers are taken out of it by `answerOf`. */
export const client = createClient<paths>({ fetch: fetchWithKey });

async function fetchWithKey(request: Request): Promise<Response> {
  const { key } = apiKey.get();
  if (key !== null) request.headers.set('x-api-key', key);
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(PATIENCE_MS)]);
  let response: Response;
  try {
    response = await fetch(request, { signal });
  } catch (cause) {
    // Left by its caller, the call has no answer that anybody waits for.
    if (request.signal.aborted) throw cause;
    throw new ConnectionLost('No answer came.', { cause });
  }
  if (response.status === 401 || response.status === 403) askForKey(key);
  return response;
}

type Called<Data> = { data?: Data; error?: unknown; response: Response };

/**
 * What was asked for; `field` is one that every right answer has, since what stands between may answer 200 with a word
 * of its own. Throws ApiProblem, and ConnectionLost where no answer came.
 */
export async function answerOf<Data extends object>(call: Promise<Called<Data>>, field: keyof Data): Promise<Data> {
  const { data, error, response } = await readable(call);
  if (!response.ok) throw toProblem(response.status, error);
  if (typeof data !== 'object' || !(field in data)) throw toProblem(502, undefined);
  return data;
}

async function readable<Data>(call: Promise<Called<Data>>): Promise<Called<Data>> {
  try {
    return await call;
  } catch (cause) {
    // A proxy's page in place of JSON, or a body that broke off.
    if (cause instanceof SyntaxError) throw toProblem(502, undefined);
    throw cause;
  }
}
