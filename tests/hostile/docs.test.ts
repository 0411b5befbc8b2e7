import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { long } from './hostile-class.ts';
import { hostileInputPage, PAGE } from './write-docs.ts';

it.skipIf(long)('docs/hostile-input.md tells what the suites try (npm run docs:hostile writes it)', async () => {
  expect(await readFile(PAGE, 'utf8')).toBe(await hostileInputPage(PAGE));
});
