import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApi } from '../../lib/http/openapi.ts';
import { PROBLEMS } from '../../lib/http/problem-response.ts';
import { newRequestId } from '../../lib/requests/ids.ts';
import { AcceptedView } from '../../lib/requests/accepted-view.ts';
import { LOCAL } from '../../samples/demo/local-names.ts';
import type { RowpressProcess } from '../../samples/demo/rowpress-process.ts';
import { seededRandom } from '../fakes/seeded-random.ts';
import { makePlace, type Place } from '../support/place.ts';
import { badId, generators, type BadCall } from './api-inputs.ts';
import { badCalls, classes, mediaTypes, otherMethods, unknownPaths, wanderingNames } from './api.cases.ts';
import { seed } from './hostile-class.ts';

const CSV = 'sku,image\n1,https://shop.example/1.jpg\n';
const csvCall: BadCall = { method: 'POST', path: '/api/upload', headers: { 'content-type': 'text/csv' }, body: CSV };

let place: Place;
let rowpress: RowpressProcess;

beforeAll(async () => {
  place = await makePlace();
  rowpress = await place.start();
});

afterAll(async () => {
  await rowpress.stop();
  await place.remove();
});

async function call({ method, path, headers = {}, body }: BadCall) {
  const response = await fetch(place.apiUrl + path, { method, headers, body: body ?? null, redirect: 'manual' });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

type Problem = { code: string; status: number };

/** Refused as the API promises: by a known code with its status, and with nothing of the inside. */
async function refused(bad: BadCall): Promise<Problem> {
  const { status, headers, text } = await call(bad);
  const about = `${JSON.stringify(bad).slice(0, 400)} → ${status} ${text.slice(0, 400)}`;
  expect(status, about).toBeGreaterThanOrEqual(400);
  expect(status, about).toBeLessThan(500);
  expect(headers.get('content-type'), about).toContain('application/problem+json');
  expect(text, about).not.toMatch(/node_modules|\.ts:\d|rowpress-local|"stack"|arn:aws/);
  const problem = JSON.parse(text) as Problem;
  const known = Object.entries(PROBLEMS).find(([code]) => code === problem.code)?.[1];
  expect({ status: known?.status, told: problem.status }, about).toEqual({ status, told: status });
  return problem;
}

const casesOf = (input: string): number => classes.find((one) => one.input === input)?.cases ?? 0;

describe('generated bad calls', () => {
  test.each(badCalls)('$operation refuses $cases of them', async ({ operation, cases }) => {
    console.log(`bad calls of ${operation}: ${cases} from seed ${seed}`);
    const random = seededRandom(seed);
    const codes = new Set<string>();
    for (let tried = 0; tried < cases; tried++) codes.add((await refused(generators[operation]!(random))).code);
    expect(codes.size).toBeGreaterThan(0);
  });
});

test('ids that are no ids and ids of nobody get one and the same answer', async () => {
  const random = seededRandom(seed);
  const answers = new Set<string>();
  const cases = casesOf('ids that are no ids, and ids of nobody');
  for (let tried = 0; tried < cases; tried++) {
    const id = tried % 2 === 0 ? newRequestId() : badId(random);
    const path = tried % 4 < 2 ? `/api/status/${id}` : `/api/export/${id}`;
    const { status, text } = await call({ method: 'GET', path });
    answers.add(`${status} ${text}`);
  }
  expect([...answers]).toHaveLength(1);
  expect([...answers][0]).toMatch(/^404 .*"not_found"/);
});

test('methods that a path does not have are answered by 405 and the ones it has', async () => {
  let tried = 0;
  for (const [template, operations] of Object.entries(openApi().paths)) {
    const has = Object.keys(operations).map((name) => name.toUpperCase());
    for (const method of otherMethods.filter((other) => !has.includes(other))) {
      const path = template.replace('{requestId}', newRequestId());
      expect((await refused({ method, path })).code).toBe('method_not_allowed');
      expect((await call({ method, path })).headers.get('allow')).toBe(has.join(', '));
      tried += 1;
    }
  }
  expect(tried).toBe(casesOf('methods that a path does not have'));
});

test.each(unknownPaths)('the unknown path %s is not found', async (path) => {
  expect((await refused({ method: 'GET', path })).code).toBe('not_found');
});

test.each(mediaTypes)('the media type "%s" is no CSV', async (type) => {
  const headers = type === '' ? undefined : { 'content-type': type };
  const body = Buffer.from(CSV);
  expect((await refused({ ...csvCall, body, headers: headers ?? {} })).code).toBe('unsupported_media_type');
});

test.each(['text/csv', 'application/octet-stream'])('a body of %s beyond the limit is refused', async (type) => {
  const body = Buffer.alloc(4_400_001, CSV);
  const problem = await refused({ ...csvCall, headers: { 'content-type': type }, body });
  expect(problem.code).toBe('payload_too_large');
});

describe('an Idempotency-Key', () => {
  const keyed = (key: string, change: Partial<BadCall> = {}): BadCall => ({
    ...csvCall,
    headers: { 'content-type': 'text/csv', 'idempotency-key': key },
    ...change,
  });
  const accepted = async (good: BadCall) => AcceptedView.parse(JSON.parse((await call(good)).text)).requestId;

  test('makes one request of the same file, also when sent at once', async () => {
    const cases = casesOf('the same Idempotency-Key and file, at once');
    for (let tried = 0; tried < cases; tried += 5) {
      const ids = await Promise.all(Array.from({ length: 5 }, () => accepted(keyed(`order-${tried}`))));
      expect(new Set(ids).size).toBe(1);
    }
  });

  test.each([
    ['another file', { body: `${CSV}2,https://shop.example/2.jpg\n` }],
    ['other options', { path: '/api/upload?format=webp' }],
    ['another name', { path: '/api/upload?fileName=other.csv' }],
  ])('is refused with %s', async (name, change) => {
    await accepted(keyed(`reused with ${name}`.replaceAll(' ', '-')));
    const problem = await refused(keyed(`reused with ${name}`.replaceAll(' ', '-'), change));
    expect(problem).toMatchObject({ code: 'idempotency_key_reused', status: 422 });
  });
});

test('no file name steers a key', async () => {
  for (const fileName of wanderingNames) {
    const path = `/api/upload?${new URLSearchParams({ fileName }).toString()}`;
    expect((await call({ ...csvCall, path })).status).toBe(202);
  }
  const { Contents = [] } = await place.aws.s3.send(new ListObjectsV2Command({ Bucket: LOCAL.dataBucket }));
  expect(Contents.length).toBeGreaterThanOrEqual(wanderingNames.length);
  for (const { Key } of Contents)
    expect(Key).toMatch(/^(uploads\/[0-9A-Z]{26}\.csv|results\/[0-9A-Z]{26}\/(results|failed)\.csv)$/);
});
