import * as z from 'zod';
import { ImageOptions } from '../images/image-options.ts';
import { WebhookUrl } from '../webhooks/webhook-url.ts';
import { PROBLEMS } from './problem-response.ts';

type JsonSchema = Record<string, unknown>;
type ProblemName = keyof typeof PROBLEMS;

export const requestId = { type: 'string', minLength: 26, maxLength: 26 };
export const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
  description: 'calls with the same key and content within a day make one request',
};
export const ifNoneMatch = {
  name: 'If-None-Match',
  in: 'header',
  schema: { type: 'string' },
  description: 'the ETag of the answer that the caller holds; browsers send it by themselves',
};
export const inPath = { name: 'requestId', in: 'path', required: true, schema: requestId };

export const query = (name: string, schema: object, required = false) => ({ name, in: 'query', required, schema });

/** What is sent (`input`: defaults make a field optional) or answered (`output`), as JSON Schema. */
export const jsonSchema = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema =>
  Object.fromEntries(
    Object.entries(z.toJSONSchema(schema, { io, unrepresentable: 'any' })).filter(([name]) => name !== '$schema'),
  );

export const answer = (schema: z.ZodType) => jsonSchema(schema, 'output');

function propertiesOf(schema: z.ZodObject): [string, JsonSchema][] {
  const { properties } = jsonSchema(schema, 'input');
  return Object.entries(isRecord(properties) ? properties : {}).map(([name, field]) => [
    name,
    isRecord(field) ? field : {},
  ]);
}

const isRecord = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null;

export const queries = (schema: z.ZodObject) => propertiesOf(schema).map(([name, field]) => query(name, field));

const webhookUrl = () => ({ ...answer(WebhookUrl), description: 'told when the request has ended' });

export const optionProperties = () => ({ ...Object.fromEntries(propertiesOf(ImageOptions)), webhookUrl: webhookUrl() });

export const optionParameters = () => Object.entries(optionProperties()).map(([name, field]) => query(name, field));

export const answers = (description: string, schema: z.ZodType) => ({
  description,
  content: { 'application/json': { schema: answer(schema) } },
});

export const conditionally = (response: object) => ({
  200: { ...response, headers: { etag: { required: true, schema: { type: 'string' } } } },
  304: { description: 'what the caller holds is still right' },
});

/** The problems of an operation by their status; any operation can end with 500 and 503. */
export function problems(...codes: ProblemName[]): Record<string, object> {
  const byStatus = Map.groupBy<number, ProblemName>(
    [...codes, 'internal_error', 'unavailable'],
    (code) => PROBLEMS[code].status,
  );
  return Object.fromEntries(
    [...byStatus].map(([httpStatus, names]) => [
      httpStatus,
      {
        description: names.map((name) => `\`${name}\`: ${PROBLEMS[name].title}`).join('; '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}
