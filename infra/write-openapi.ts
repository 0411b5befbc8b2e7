import { writeFile } from 'node:fs/promises';
import { format } from 'prettier';
import { openApi } from '../lib/http/openapi.ts';

/** Writes openapi.json from the code; a test fails when the two differ. */
await writeFile('openapi.json', await format(JSON.stringify(openApi()), { parser: 'json', printWidth: 120 }));
