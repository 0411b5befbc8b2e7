import { expect, test } from 'vitest';
import { makeRequest, REQUEST_ID } from '../../tests/fakes/make-request.ts';
import { makeWorld } from '../../tests/fakes/world.ts';
import { exportResults } from './export-results.ts';
import type { Request } from './request.ts';

async function ask(fields: Partial<Request>, rows: 'all' | 'failed' = 'all', owner = 'default') {
  const { requests, deps } = makeWorld();
  await requests.create(makeRequest(fields));
  const presigner = {
    download: (key: string, { name, seconds }: { name: string; seconds: number }) =>
      Promise.resolve(`${key} as ${name} for ${seconds} s`),
    uploadForm: () => Promise.reject(new Error('not asked for')),
  };
  return await exportResults({ requestId: REQUEST_ID, owner, rows }, { ...deps, presigner });
}

test.each<[string, Partial<Request>, 'all' | 'failed', string]>([
  ['the result', { status: 'COMPLETED' }, 'all', `results/${REQUEST_ID}/results.csv as products.results.csv`],
  [
    'the failed rows',
    { status: 'COMPLETED_WITH_ERRORS', fileName: 'spring.2025.csv' },
    'failed',
    `results/${REQUEST_ID}/failed.csv as spring.2025.failed.csv`,
  ],
])('gives a link to %s for five minutes', async (_name, fields, rows, expected) => {
  expect(await ask(fields, rows)).toBe(`${expected} for 300 s`);
});

test.each<[string, Partial<Request>, 'all' | 'failed', string]>([
  ['still at work', { status: 'PROCESSING' }, 'all', 'not_finished'],
  ['writing its result', { status: 'FINISHING' }, 'all', 'not_finished'],
  ['waiting for its file', { status: 'AWAITING_FILE' }, 'all', 'not_finished'],
  ['of a refused file', { status: 'FAILED' }, 'all', 'no_result'],
  ['cancelled', { status: 'CANCELLED' }, 'failed', 'no_result'],
  ['without a failed row', { status: 'COMPLETED' }, 'failed', 'no_failed_rows'],
  ['of somebody else', { status: 'COMPLETED', owner: 'acme' }, 'all', 'not_found'],
])('a request that is %s gives a Problem', async (_name, fields, rows, code) => {
  await expect(ask(fields, rows)).rejects.toMatchObject({ name: 'Problem', code });
});
