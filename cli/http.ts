import { request } from 'undici';
import type * as z from 'zod';
import type { CsvFile } from './csv-file.ts';
import { TransientError, systemCode } from './errors.ts';
import { streamedForm, type FormFields } from './form.ts';
import { problemFrom } from './problems.ts';

/** Fetches a URL and gives successful answers only; everything else is thrown as a `CliError` in plain words. */
export const send = async (url: string, init: RequestInit & { signal: AbortSignal }): Promise<Response> => {
  const response = await fetch(url, init).catch((error: unknown) => {
    throw networkError(url, error, init.signal);
  });
  if (!response.ok) throw await problemFrom(response);
  return response;
};

/** Posts a form with a file of any size in little memory: undici's `request` waits for the network, `fetch` does not. */
export const postFile = async (
  url: string,
  { fields, file, signal }: { fields: FormFields; file: CsvFile; signal: AbortSignal },
): Promise<void> => {
  const form = await streamedForm(fields, file);
  const post = async () => {
    const { statusCode: status, headers, body } = await request(url, { method: 'POST', ...form, signal });
    return { status, type: String(headers['content-type']), text: await body.text() };
  };
  const { status, type, text } = await post().catch((error: unknown) => {
    throw networkError(url, error, signal);
  });
  if (status >= 300) throw await problemFrom(new Response(text, { status, headers: { 'content-type': type } }));
};

/** The body of an answer, checked against what Rowpress promises. */
export const readAnswer = async <Schema extends z.ZodType>(
  response: Response,
  schema: Schema,
): Promise<z.infer<Schema>> => {
  const body: unknown = await response.json().catch(() => undefined);
  const answer = schema.safeParse(body);
  if (answer.success) return answer.data;
  const at = answer.error.issues[0]?.path.join('.');
  // May pass: proxies and emulators answer 200 with anything while they have trouble.
  throw new TransientError(
    `${new URL(response.url).origin} does not answer like Rowpress (${at ? `bad field ${at}` : 'no JSON object'}). Is the endpoint right?`,
  );
};

const networkError = (url: string, error: unknown, signal: AbortSignal): unknown => {
  const timedOut = error instanceof DOMException && error.name === 'TimeoutError';
  if (signal.aborted && !timedOut) return error;
  const reason = timedOut ? 'no answer in time' : (systemCode(error) ?? String(error));
  return new TransientError(`Cannot reach ${new URL(url).origin} (${reason})`, { cause: error });
};
