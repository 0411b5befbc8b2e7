import { expect, test } from 'vitest';
import { makeRequest, REQUEST_ID } from '../../tests/fakes/make-request.ts';
import { makeWorld } from '../../tests/fakes/world.ts';
import { cancelRequest } from './cancel-request.ts';
import { exportResults } from './export-results.ts';
import { linksUnder } from './links.ts';
import { listRequests } from './list-requests.ts';
import { redeliverWebhook } from './redeliver-webhook.ts';
import { requestHead } from './request-head.ts';
import { requestStatus } from './request-status.ts';
import type { Request } from './request.ts';
import { retryRequest } from './retry-request.ts';

const FAILURES = { counts: { imagesFailed: 1, error_timeout: 1 } };
const UNSENT = { sealedGeneration: undefined };

const STATES: [name: string, fields: Partial<Request>, has: ('export' | 'failedRows' | 'canRetry')[]][] = [
  ['waits for its file', { ...UNSENT, status: 'AWAITING_FILE' }, []],
  ['was received', { ...UNSENT, status: 'RECEIVED' }, []],
  ['is worked on', { ...FAILURES, status: 'PROCESSING' }, []],
  ['has its result written', { ...FAILURES, status: 'FINISHING' }, []],
  ['is tried again', { ...FAILURES, status: 'PROCESSING', generation: 2, resultGeneration: 1 }, []],
  ['is complete', { status: 'COMPLETED', counts: { imagesCompressed: 3 } }, ['export']],
  ['has failures', { ...FAILURES, status: 'COMPLETED_WITH_ERRORS' }, ['export', 'failedRows', 'canRetry']],
  [
    'has bad rows only',
    { status: 'COMPLETED_WITH_ERRORS', counts: { productsFailed: 1, error_no_images: 1 } },
    ['export', 'failedRows'],
  ],
  ['was cancelled before its file came', { ...UNSENT, status: 'CANCELLED' }, []],
  [
    'was cancelled at work',
    { status: 'CANCELLED', counts: { imagesFailed: 2, error_cancelled: 2 }, resultGeneration: 1 },
    ['export', 'failedRows', 'canRetry'],
  ],
  ['had an unusable file', { ...UNSENT, status: 'FAILED', totals: undefined }, []],
  ['could not be begun after the scan', { ...UNSENT, status: 'FAILED' }, []],
  ['could not have its result written', { status: 'FAILED', counts: { imagesCompressed: 3 } }, ['canRetry']],
  [
    'could not be begun again',
    { ...FAILURES, status: 'FAILED', generation: 2, resultGeneration: 1 },
    ['export', 'failedRows', 'canRetry'],
  ],
];

test.each(STATES)('a request that %s offers what the API then gives, and nothing else', async (_name, fields, has) => {
  const { requests, deps, queues } = makeWorld();
  const request = makeRequest(fields);
  await requests.create(request);
  const { links, canRetry } = requestHead(request, request.counts, linksUnder('https://api.example'));
  const offered = Object.entries({ export: links.export, failedRows: links.failedRows, canRetry });
  expect(offered.filter(([, offer]) => offer).map(([name]) => name)).toEqual(has);

  const presigner = {
    download: (key: string) => Promise.resolve(key),
    uploadForm: () => Promise.reject(new Error('not asked for')),
  };
  const question = { requestId: REQUEST_ID, owner: 'default' };
  const given = await Promise.allSettled([
    exportResults({ ...question, rows: 'all' }, { ...deps, presigner }),
    exportResults({ ...question, rows: 'failed' }, { ...deps, presigner }),
    retryRequest(question, { ...deps, ingestQueue: queues.ingest }),
  ]);
  expect(offered.filter((_, at) => given[at]?.status === 'fulfilled').map(([name]) => name)).toEqual(has);
});

test('the links of what can be had are those of the API', () => {
  const request = makeRequest({ ...FAILURES, status: 'COMPLETED_WITH_ERRORS' });
  expect(requestHead(request, request.counts, linksUnder('https://api.example')).links).toEqual({
    self: `https://api.example/api/status/${REQUEST_ID}`,
    export: `https://api.example/api/export/${REQUEST_ID}`,
    failedRows: `https://api.example/api/export/${REQUEST_ID}?rows=failed`,
  });
});

test('a request that has expired is gone for all who ask, though DynamoDB has not deleted it yet', async () => {
  const { requests, deps, queues } = makeWorld();
  const links = linksUnder('https://api.example');
  const webhook = { webhookUrl: 'https://caller.example/', webhookStatus: 'failed' } as const;
  await requests.create(makeRequest({ ...FAILURES, ...webhook, status: 'COMPLETED_WITH_ERRORS', expiresAt: 1000 }));
  const at = (seconds: number) => ({ ...deps, ingestQueue: queues.ingest, links, now: () => new Date(seconds * 1000) });
  const question = { requestId: REQUEST_ID, owner: 'default' };
  const presigner = {
    download: (key: string) => Promise.resolve(key),
    uploadForm: () => Promise.reject(new Error('no')),
  };
  const calls = (seconds: number) => [
    () => requestStatus(question, at(seconds)),
    () => exportResults({ ...question, rows: 'all' }, { ...at(seconds), presigner }),
    () => redeliverWebhook({ ...question, deliveryId: `msg_${REQUEST_ID}_1` }, at(seconds)),
    () => retryRequest(question, at(seconds)),
  ];
  for (const call of [...calls(1000), () => cancelRequest(question, at(1000))]) {
    await expect(call()).rejects.toMatchObject({ name: 'Problem', code: 'not_found' });
  }
  expect(await listRequests({ owner: 'default', limit: 5 }, at(1000))).toEqual({ requests: [], nextCursor: null });
  expect([queues.ingest.sent, queues.webhooks.sent]).toEqual([[], []]);

  expect((await listRequests({ owner: 'default', limit: 5 }, at(999))).requests).toHaveLength(1);
  for (const call of calls(999)) await call();
});
