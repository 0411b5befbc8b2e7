import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { localSettings } from './settings.ts';

test('without a word about it a run is on the usual ports, in .local', () => {
  expect(localSettings({ AWS_ENDPOINT_URL: '' })).toMatchObject({
    apiPort: 3000,
    stackPort: 4566,
    sampleHostPort: 4570,
    withSampleHost: true,
    dataDir: resolve('.local'),
    endpoint: undefined,
  });
});

test('everything can be set', () => {
  expect(
    localSettings({
      ROWPRESS_API_PORT: '80',
      ROWPRESS_DATA_DIR: '/data',
      SAMPLE_HOST: 'off',
      AWS_ENDPOINT_URL: 'http://x:1',
    }),
  ).toMatchObject({ apiPort: 80, dataDir: resolve('/data'), withSampleHost: false, endpoint: 'http://x:1' });
});

test('what is no port is refused by the name of the variable', () => {
  expect(() => localSettings({ ROWPRESS_STACK_PORT: 'many' })).toThrow('ROWPRESS_STACK_PORT must be a port number');
});
