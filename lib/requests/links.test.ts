import { expect, test } from 'vitest';
import { linksUnder } from './links.ts';

test('links lie below the API’s public address', () => {
  const links = linksUnder('https://api.example');
  expect(links.status('ID')).toBe('https://api.example/api/status/ID');
  expect(links.results('ID')).toBe('https://api.example/api/export/ID');
  expect(links.failedRows('ID')).toBe('https://api.example/api/export/ID?rows=failed');
});
