import { strToU8 } from 'fflate';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProblems } from './check-starts.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowpress-starts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const source = `
  if (!process.env.WEBHOOK_SECRETS?.startsWith('whsec_')) throw new TypeError('WEBHOOK_SECRETS: wrong');
  export const handler = () => {};`;

const start = (variables: object, code = source) =>
  startProblems(
    {
      Resources: {
        Function: {
          Type: 'AWS::Lambda::Function',
          Properties: { Handler: 'functions/notify-webhook.handler', Environment: { Variables: variables } },
        },
      },
    },
    { 'notify-webhook': { 'functions/notify-webhook.mjs': strToU8(code) } },
    folder,
  );

const secrets = { WEBHOOK_SECRETS: { 'Fn::Sub': 'whsec_{{resolve:secretsmanager:${Secret}}}' } };

test('a function that gets the settings it reads is in order', () => {
  expect(start({ ...secrets, LOG_LEVEL: 'INFO' })).toEqual([]);
});

test.each([
  ['a setting that is missing', {}, source, 'does not start: TypeError: WEBHOOK_SECRETS: wrong'],
  ['a setting that is never read', { ...secrets, TABLE_NAME: { Ref: 'Table' } }, source, 'never reads TABLE_NAME'],
  ['a function that is not exported', {}, 'export const handle = 1;', 'does not start: Error: exports no handler'],
])('%s is found', (_, variables, code, problem) => {
  expect(start(variables, code)).toEqual([`notify-webhook: ${problem}`]);
});
