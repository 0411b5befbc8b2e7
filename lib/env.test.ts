import { describe, expect, test } from 'vitest';
import { SETTINGS } from '../tests/fakes/lambda.ts';
import { OutboundSettings, readSettings, RuleSettings, Settings, usesOtherEndpoint } from './env.ts';

const SECRETS = { new: `whsec_${'n'.repeat(32)}`, old: `whsec_${'o'.repeat(43)}=` };

const read = (env: Record<string, string>) => readSettings(Settings, { ...SETTINGS, ...env });

test('what is needed is enough: everything else has a default', () => {
  const settings = read({});
  expect(settings).toMatchObject({
    TABLE_NAME: 'rowpress',
    MAX_ROWS: 1_000_000,
    PAGE_RETRY_SECONDS: [15, 60],
    OUTBOUND_PORTS: [80, 443],
    OUTBOUND_ALLOWED_HOSTS: [],
    DEFAULT_OPTIONS: { format: 'keep', quality: null },
  });
});

test('a function that needs one setting asks for one', () => {
  expect(readSettings(Settings.pick({ TABLE_NAME: true }), { TABLE_NAME: 't' })).toEqual({ TABLE_NAME: 't' });
});

test.each([
  ['PUBLIC_API_URL', 'https://api.example///', 'https://api.example'],
  ['OUTBOUND_ALLOWED_HOSTS', ' a.example , 127.0.0.1:4570,, ', ['a.example', '127.0.0.1:4570']],
  ['WEBHOOK_SECRETS', `${SECRETS.new}, ${SECRETS.old}`, [SECRETS.new, SECRETS.old]],
  ['PAGE_RETRY_SECONDS', '', []],
  ['PAGE_RETRY_SECONDS', '3,10', [3, 10]],
  ['MAX_PIXELS', '1000', 1_000],
])('%s=%s is read as meant', (name, value, expected) => {
  expect(read({ [name]: value })).toHaveProperty(name, expected);
});

test('options of the deployment are laid over those of the product', () => {
  const { DEFAULT_OPTIONS } = read({ DEFAULT_OPTIONS: '{"format":"webp","maxWidth":1600}' });
  expect(DEFAULT_OPTIONS).toMatchObject({ format: 'webp', maxWidth: 1_600, effort: 'balanced' });
});

describe('a bad setting is named, its value never shown', () => {
  test.each([
    ['TABLE_NAME', ''],
    ['INGEST_QUEUE_URL', 's3cret queue'],
    ['PUBLIC_API_URL', 's3cret.example'],
    ['WEBHOOK_SECRETS', 's3cret'],
    ['WEBHOOK_SECRETS', ''],
    ['WEBHOOK_RETRY_SECONDS', '5,s3cret'],
    ['WEBHOOK_RETRY_SECONDS', Array(15).fill('5').join()],
    ['PAGE_RETRY_SECONDS', '-1'],
    ['MAX_ROWS', '0'],
    ['MAX_ROWS', 's3cret'],
    ['MAX_IMAGES_PER_PRODUCT', '201'],
    ['REQUEST_TTL_DAYS', '1.5'],
    ['DEFAULT_OPTIONS', 's3cret'],
    ['OUTBOUND_PORTS', '80,s3cret'],
  ])('%s=%s', (name, value) => {
    const bad = () => read({ [name]: value });
    expect(bad).toThrow(new RegExp(`^settings: ${name}\\b`));
    expect(bad).not.toThrow(/s3cret/);
  });

  test('all at once', () => {
    const bad = () => readSettings(Settings.pick({ TABLE_NAME: true, DATA_BUCKET: true }), {});
    expect(bad).toThrow(/^settings: TABLE_NAME: .*; DATA_BUCKET: .*/);
  });
});

test('groups of settings are shaped as their users want them', () => {
  expect(readSettings(RuleSettings, { REQUEST_TTL_DAYS: '7', MAX_ROWS: '10' })).toMatchObject({
    ttlDays: 7,
    limits: { maxRows: 10, maxUrlsPerProduct: 200 },
  });
  expect(readSettings(OutboundSettings, { CONNECTIONS_PER_HOST: '2' })).toMatchObject({
    connectionsPerHost: 2,
    ports: [80, 443],
  });
});

test.each([
  [{}, false],
  [{ AWS_ENDPOINT_URL: '' }, false],
  [{ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, true],
  [{ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:4566' }, true],
])('with %j another endpoint is used: %s', (env, expected) => {
  expect(usesOtherEndpoint(env)).toBe(expected);
});
