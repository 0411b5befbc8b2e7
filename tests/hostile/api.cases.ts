import { count, type HostileClass } from './hostile-class.ts';

const area = 'api';
const BAD_INPUTS = count(200, 2_000);

/** Generated bad calls of one operation; what each generator makes stands in api-inputs.ts. */
export const badCalls = [
  { operation: 'POST /api/upload', cases: BAD_INPUTS },
  { operation: 'POST /api/uploads', cases: BAD_INPUTS },
  { operation: 'GET /api/status/{requestId}', cases: BAD_INPUTS },
  { operation: 'GET /api/requests', cases: BAD_INPUTS },
  { operation: 'GET /api/export', cases: BAD_INPUTS },
  { operation: 'GET /api/export/{requestId}', cases: BAD_INPUTS },
] as const;

export const otherMethods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];
export const unknownPaths = [
  '/..%2fpackage.json',
  '/api',
  '/api/',
  '/api/status',
  '/api/upload/x',
  '/api/export/a/b',
  '/admin',
  '/.env',
];
export const mediaTypes = ['application/json', 'text/plain', 'application/pdf', 'image/png', 'application/zip', ''];
export const wanderingNames = [
  '../../../etc/passwd',
  '..\\..\\boot.ini',
  'uploads/x.csv',
  '%2e%2e%2fx',
  'a\u0000b.csv',
  '/',
  '.',
  'CON',
  '☃.csv',
  'x'.repeat(300),
];

export const classes: HostileClass[] = [
  ...badCalls.map(({ operation, cases }) => ({
    area,
    input: `generated bad calls of ${operation}`,
    ends: '400, 404, 413, 415 or 422 as problem+json with a stable code',
    bound: 'never 5xx; nothing of the inside in the answer',
    cases,
  })),
  {
    area,
    input: 'ids that are no ids, and ids of nobody',
    ends: '`not_found`, all alike',
    bound: 'one answer',
    cases: 40,
  },
  {
    area,
    input: 'methods that a path does not have',
    ends: '`method_not_allowed` (405) with Allow',
    bound: '—',
    cases: 36,
  },
  { area, input: 'unknown paths', ends: '`not_found`', bound: '—', cases: unknownPaths.length },
  {
    area,
    input: 'media types that are no CSV',
    ends: '`unsupported_media_type` (415)',
    bound: '—',
    cases: mediaTypes.length,
  },
  {
    area,
    input: 'a body beyond what can be sent directly',
    ends: '`payload_too_large` (413)',
    bound: '4,400,000 bytes',
    cases: 2,
  },
  { area, input: 'the same Idempotency-Key and file, at once', ends: 'one request', bound: '5 at a time', cases: 10 },
  {
    area,
    input: 'the same Idempotency-Key with something else',
    ends: '`idempotency_key_reused` (422)',
    bound: '—',
    cases: 3,
  },
  {
    area,
    input: 'file names that try to steer a key',
    ends: 'keys of ids only',
    bound: '—',
    cases: wanderingNames.length,
  },
];
