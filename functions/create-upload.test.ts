import { beforeEach, expect, test } from 'vitest';
import type { ApiEvent } from '../lib/http/api.ts';
import { lambdaContext, readHttpEvent, useEnvironmentOf } from '../tests/fakes/lambda.ts';
import { UploadView } from '../lib/requests/accepted-view.ts';
import { mockAws, spelledOut } from '../tests/fakes/mock-aws.ts';

useEnvironmentOf('create-upload');
const { handler } = await import('./create-upload.ts');
const aws = mockAws();
const call = (event: ApiEvent) => handler(event, lambdaContext());

beforeEach(() => {
  aws.reset();
  aws.table.resolves({});
});

type Policy = { conditions: unknown[]; expiration: string };

test('answers 201 with a form for one object of limited size', async () => {
  const answer = await call(readHttpEvent('create-upload'));
  expect(answer.statusCode).toBe(201);
  const { requestId, status, upload, expiresAt } = UploadView.parse(JSON.parse(answer.body!));
  expect(status).toBe('AWAITING_FILE');
  expect(upload.url).toContain('rowpress-data');
  expect(upload.fields.key).toBe(`incoming/upload/${requestId}`);
  const policy = JSON.parse(Buffer.from(upload.fields.Policy!, 'base64').toString()) as Policy;
  expect(policy.conditions).toContainEqual(['content-length-range', 1, 524_288_000]);
  expect(policy.conditions).toContainEqual({ key: `incoming/upload/${requestId}` });
  expect(Date.parse(policy.expiration) - Date.parse(expiresAt)).toBeLessThan(5_000);
});

test('the item waits for the file, a day longer than the form can be used', async () => {
  await call(readHttpEvent('create-upload'));
  expect(aws.names()).toEqual(['Put']);
  const put = aws.input('Put');
  expect(spelledOut(put, 'ConditionExpression')).toBe('attribute_not_exists(pk)');
  expect(put.Item).toMatchObject({
    status: 'AWAITING_FILE',
    source: 'upload',
    fileName: 'catalogue 2025.csv',
    options: { format: 'webp', maxWidth: 1200 },
    webhookUrl: 'https://caller.example/hooks/rowpress',
  });
  expect(put.Item.expiresAt - Math.floor(Date.parse(put.Item.uploadUntil) / 1000)).toBe(86_400);
});

test('a body that the gateway took for binary is read all the same', async () => {
  const event = readHttpEvent('create-upload');
  const body = Buffer.from(event.body!).toString('base64');
  expect((await call({ ...event, body, isBase64Encoded: true })).statusCode).toBe(201);
});

test.each([
  ['not JSON', 400, 'invalid_request'],
  ['{}', 400, 'invalid_request'],
  ['{"fileName":""}', 400, 'invalid_request'],
  ['{"fileName":"a.csv","maxWidth":[1]}', 400, 'invalid_request'],
  ['{"fileName":"a.csv","format":"tiff"}', 422, 'invalid_options'],
  ['{"fileName":"a.csv","webhookUrl":"ftp://caller.example"}', 422, 'invalid_options'],
])('the body %s is refused', async (body, status, code) => {
  const answer = await call({ ...readHttpEvent('create-upload'), body });
  expect(JSON.parse(answer.body!)).toMatchObject({ status, code });
  expect(aws.names()).toEqual([]);
});
