import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { logger } from '../lib/logger.ts';
import { bookmarkKey, requestKey } from '../lib/requests/keys.ts';
import { lambdaContext, readEvent, SETTINGS, useEnvironmentOf } from '../tests/fakes/lambda.ts';
import { REQUEST_ID, requestItem } from '../tests/fakes/make-request.ts';
import { awsTrouble, mockAws, spelledOut } from '../tests/fakes/mock-aws.ts';

useEnvironmentOf('check-progress');
const { handler } = await import('./check-progress.ts');
const aws = mockAws();
const call = (remainingMs?: number) => handler(readEvent('check-progress'), lambdaContext(remainingMs));

const OTHER_ID = `${REQUEST_ID.slice(0, -1)}J`;
const keysOf = (requestId: string) => ({ ...requestKey(requestId), openKey: 'OPEN', createdKey: requestId });
const webhookUrl = 'https://caller.example/?key=secret';
const HOUR = 3_600_000;
const expiresAt = Math.floor(Date.now() / 1000) + 86_400;
/** As it was found at a check so many hours ago. */
const seenBefore = (hours: number) => ({
  seenMark: 'PROCESSING 1 planned 0',
  seenAt: new Date(Date.now() - hours * HOUR).toISOString(),
  resends: 0,
});

const warned = vi.spyOn(logger, 'warn').mockReturnValue(undefined);
const failed = vi.spyOn(logger, 'error').mockReturnValue(undefined);
const printed = vi.spyOn(process.stdout, 'write');

beforeEach(() => {
  aws.reset();
  vi.clearAllMocks();
  printed.mockReturnValue(true);
  aws.sqs.resolves({});
  aws.table.resolves({});
  aws.table.on(QueryCommand).resolves({ Items: [keysOf(REQUEST_ID), keysOf(OTHER_ID)] });
  aws.table.on(GetCommand, { Key: requestKey(REQUEST_ID) }).resolves({
    Item: { ...requestItem({ webhookUrl, expiresAt }), ...seenBefore(2), openKey: 'OPEN' },
  });
  aws.table.on(GetCommand, { Key: requestKey(OTHER_ID) }).resolves({
    Item: { ...requestItem({ requestId: OTHER_ID, expiresAt }), ...seenBefore(0.1), openKey: 'OPEN' },
  });
});
afterEach(() => void printed.mockReset());

/** The lines for CloudWatch that were printed. */
const metrics = () =>
  printed.mock.calls
    .flatMap(([text]) => String(text).split('\n'))
    .filter((line) => line.includes('"_aws"'))
    .map((line) => JSON.parse(line) as Record<string, unknown> & { _aws: { CloudWatchMetrics: Metric[] } });
type Metric = { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] };

test('looks through the open requests only, oldest first', async () => {
  await call();
  const [query] = aws.inputs('Query');
  expect(query).toMatchObject({ TableName: SETTINGS.TABLE_NAME, IndexName: 'byOpen', ScanIndexForward: true });
  expect(query?.ExpressionAttributeValues).toEqual({ ':partition': 'OPEN' });
  expect(aws.inputs('Get').map(({ Key }) => Key)).toEqual([bookmarkKey, requestKey(REQUEST_ID), requestKey(OTHER_ID)]);
});

test('sends again what a request without progress waits for, notes that, and names it without its secrets', async () => {
  await call();
  expect(aws.inputs('SendMessage')).toMatchObject([
    { QueueUrl: SETTINGS.INGEST_QUEUE_URL, MessageBody: `{"kind":"resend","requestId":"${REQUEST_ID}"}` },
  ]);
  expect(aws.names().at(-1)).toBe('Update');
  const update = aws.input('Update');
  expect(update.Key).toEqual(requestKey(REQUEST_ID));
  expect(spelledOut(update, 'UpdateExpression')).toContain('resends = 1');
  expect(spelledOut(update, 'ConditionExpression')).toBe(
    'attribute_exists(openKey) AND seenMark = "PROCESSING 1 planned 0" AND resends = 0',
  );
  expect(warned.mock.calls).toEqual([
    [
      'a request makes no progress',
      { requestId: REQUEST_ID, waitsFor: 'pages', since: expect.any(String), resent: true },
    ],
  ]);
});

test.each([
  ['one', 2, 1],
  ['none, too', 0.1, 0],
])('counts requests without progress in a metric: %s', async (_name, hours, count) => {
  aws.table.on(GetCommand, { Key: requestKey(REQUEST_ID) }).resolves({
    Item: { ...requestItem({ expiresAt }), ...seenBefore(hours), openKey: 'OPEN' },
  });
  await call();
  expect(metrics()).toMatchObject([{ StalledRequests: count, service: 'rowpress', FunctionName: 'rowpress-test' }]);
});

test('the alarm waits for this very metric', async () => {
  await call();
  const [metric] = metrics()[0]!._aws.CloudWatchMetrics;
  const file = readFileSync(new URL('../infra/alarms.yml', import.meta.url), 'utf8');
  const { Resources } = parse(file, { logLevel: 'silent', merge: true }) as Record<string, Record<string, Alarm>>;
  const { Namespace, MetricName, Dimensions } = Resources!.RequestsStall!.Properties;
  expect(metric).toMatchObject({ Namespace, Metrics: [{ Name: MetricName }] });
  expect(metric!.Dimensions).toEqual([Dimensions.map(({ Name }) => Name)]);
  expect(metrics()[0]!.service).toBe(Dimensions.find(({ Name }) => Name === 'service')!.Value);
});
type Alarm = {
  Properties: { Namespace: string; MetricName: string; Dimensions: { Name: string; Value: unknown }[] };
};

test('a request that can not be checked is named and fails the check, behind all others and the metric', async () => {
  aws.table.on(GetCommand, { Key: requestKey(OTHER_ID) }).rejects(awsTrouble());
  await expect(call()).rejects.toThrow('1 of 2 requests could not be checked');
  expect(failed.mock.calls).toMatchObject([['a request could not be checked', { requestId: OTHER_ID }]]);
  expect(aws.inputs('SendMessage')).toHaveLength(1);
  expect(metrics()).toMatchObject([{ StalledRequests: 1 }]);
});

test('without the index nothing is counted: the check fails', async () => {
  aws.table.on(QueryCommand).rejects(awsTrouble());
  await expect(call()).rejects.toThrow();
  expect(metrics()).toEqual([]);
});

test('a check that is short of time marks where the next one goes on', async () => {
  aws.table.on(QueryCommand).resolves({ Items: [keysOf(REQUEST_ID)], LastEvaluatedKey: keysOf(REQUEST_ID) });
  await call(20_000);
  expect(aws.inputs('Query')).toHaveLength(1);
  expect(aws.input('Put').Item).toEqual({ ...bookmarkKey, after: REQUEST_ID });

  aws.table.on(GetCommand, { Key: bookmarkKey }).resolves({ Item: { ...bookmarkKey, after: REQUEST_ID } });
  aws.table.on(QueryCommand).resolves({ Items: [] });
  await call();
  expect(aws.input('Query', 1)).toMatchObject({ ExclusiveStartKey: keysOf(REQUEST_ID) });
  expect(aws.input('Put', 1).Item).toEqual({ ...bookmarkKey, after: undefined });
});
