import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { functionEnvironment, localWebhookSecret } from './environment.ts';

const scope = { pseudo: {}, resources: { Table: { ref: 'rowpress-local-table', attributes: {} } } };
const place = {
  endpoint: 'http://127.0.0.1:4566',
  apiUrl: 'http://127.0.0.1:3000',
  imageBaseUrl: 'http://127.0.0.1:4566/images',
  webhookSecret: 'whsec_local',
};
const environment = (declared: Record<string, unknown>, shell = {}) =>
  functionEnvironment(declared, scope, { ...place, shell });

test('references become names, and what is not set stays unset', () => {
  const variables = environment({ TABLE_NAME: { Ref: 'Table' }, REQUEST_TTL_DAYS: 90, DEFAULT_WEBHOOK_URL: null });
  expect(variables).toMatchObject({ TABLE_NAME: 'rowpress-local-table', REQUEST_TTL_DAYS: '90' });
  expect(variables).not.toHaveProperty('DEFAULT_WEBHOOK_URL');
});

test('addresses and secrets are local ones, for the functions that ask for them only', () => {
  const cdn = { 'Fn::GetAtt': ['Cdn', 'DomainName'] };
  const names = ['PUBLIC_API_URL', 'PUBLIC_IMAGE_BASE_URL', 'UPLOAD_ORIGIN', 'WEBHOOK_SECRETS'];
  const declared = environment(Object.fromEntries(names.map((name) => [name, cdn])));
  expect(declared).toMatchObject({
    PUBLIC_API_URL: place.apiUrl,
    PUBLIC_IMAGE_BASE_URL: place.imageBaseUrl,
    UPLOAD_ORIGIN: place.endpoint,
    WEBHOOK_SECRETS: place.webhookSecret,
  });
  expect(environment({})).not.toHaveProperty('WEBHOOK_SECRETS');
});

test('a variable of the shell wins', () => {
  const shell = { TABLE_NAME: 'mine', PUBLIC_API_URL: 'https://tunnel.test', WEBHOOK_RETRY_SECONDS: '1' };
  expect(environment({ TABLE_NAME: { Ref: 'Table' }, PUBLIC_API_URL: 'x' }, shell)).toMatchObject(shell);
});

test('real credentials never reach a function', () => {
  const shell = {
    AWS_ACCESS_KEY_ID: 'AKIAREAL',
    AWS_SECRET_ACCESS_KEY: 'real',
    AWS_PROFILE: 'work',
    AWS_SESSION_TOKEN: 'real',
  };
  expect(Object.values(environment({}, shell)).join()).not.toMatch(/real|work/i);
});

test('what has no local value is named', () => {
  expect(() => environment({ CDN: { 'Fn::GetAtt': ['Cdn', 'DomainName'] } })).toThrow('Cdn.DomainName');
});

test('the local webhook secret is made once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rowpress-secret-'));
  const secret = localWebhookSecret(join(folder, 'new', 'webhook-secret'));
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(localWebhookSecret(join(folder, 'new', 'webhook-secret'))).toBe(secret);
  rmSync(folder, { recursive: true });
});
