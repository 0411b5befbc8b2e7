import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { openApi } from '../lib/http/openapi.ts';

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');

const Template = z.object({
  functions: z.record(
    z.string(),
    z.object({ events: z.array(z.object({ httpApi: z.string().optional() })).default([]) }),
  ),
});

it('describes every route of serverless.yml, and no other', () => {
  const { functions } = Template.parse(parse(read('serverless.yml'), { logLevel: 'error' }));
  const routes = Object.values(functions)
    .flatMap(({ events }) => events.flatMap(({ httpApi }) => httpApi ?? []))
    .filter((route) => route !== '*' && !route.startsWith('ANY ')); // the page, and what answers everything else
  const described = Object.entries(openApi().paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(routes.sort()).toEqual(described.sort());
});

it('is committed as the code has it (else run `npm run openapi`)', () => {
  expect(JSON.parse(read('openapi.json'))).toEqual(JSON.parse(JSON.stringify(openApi())));
});
