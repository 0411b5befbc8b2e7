import { readFileSync } from 'node:fs';
import * as z from 'zod';

const Content = z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) }));
const Description = z.object({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.object({ responses: z.record(z.string(), z.object({ content: Content.optional() })) })),
  ),
  components: z.object({ schemas: z.object({ Problem: z.record(z.string(), z.unknown()) }) }),
});
const description = Description.parse(JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8')));

export type Call = {
  requestId?: string;
  query?: Record<string, string>;
  body?: RequestInit['body'];
  contentType?: string;
};

export type Operation = `${'GET' | 'POST'} /api/${string}`;
export type Answer = { status: number; headers: Headers; body: unknown };

/** The API as a client of openapi.json sees it: an answer that is not described there fails the test. */
export const describedApi =
  (apiUrl: string) =>
  async (operation: Operation, call: Call = {}): Promise<Answer> => {
    const [method = '', path = ''] = operation.split(' ');
    const url = new URL(apiUrl + path.replace('{requestId}', call.requestId ?? ''));
    url.search = new URLSearchParams(call.query).toString();
    const headers = call.contentType === undefined ? {} : { 'content-type': call.contentType };
    const response = await fetch(url, { method, headers, redirect: 'manual', body: call.body ?? null });
    const text = await response.text();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    checkDescribed({ method, path }, response, body);
    return { status: response.status, headers: response.headers, body };
  };

function checkDescribed({ method, path }: { method: string; path: string }, response: Response, body: unknown): void {
  const about = [method, path, response.status, JSON.stringify(body)].join(' ').slice(0, 500);
  const described = description.paths[path]?.[method.toLowerCase()]?.responses[response.status];
  if (!described) throw new Error(`${about} is not described`);
  if (!described.content) return;
  const mediaType = response.headers.get('content-type')?.split(';')[0] ?? '';
  const schema = described.content[mediaType]?.schema;
  if (!schema) throw new Error(`${about} has an undescribed content type, ${mediaType}`);
  const isProblem = schema.$ref === '#/components/schemas/Problem';
  const checked = z.fromJSONSchema(isProblem ? description.components.schemas.Problem : schema).safeParse(body);
  if (!checked.success) throw new Error(`${about} is not as described: ${z.prettifyError(checked.error)}`);
}
