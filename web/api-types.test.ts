import { readFile } from 'node:fs/promises';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { expect, it } from 'vitest';

it('the types of the API are those of its description; npm run web:types makes them anew', async () => {
  const made = astToString(await openapiTS(new URL('../openapi.json', import.meta.url)));
  expect(await readFile(new URL('src/api/api-types.ts', import.meta.url), 'utf8')).toBe(COMMENT_HEADER + made);
});
