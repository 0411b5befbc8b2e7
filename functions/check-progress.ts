import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { openQueue } from '../lib/aws/queue.ts';
import { openTable } from '../lib/aws/table.ts';
import { readSettings, Settings } from '../lib/env.ts';
import { logger } from '../lib/logger.ts';
import { metrics } from '../lib/metrics.ts';
import { checkProgress, type CheckDeps } from '../lib/requests/check-progress.ts';
import { pageStore } from '../lib/requests/page-store.ts';
import { progressStore } from '../lib/requests/progress-store.ts';
import { requestStore } from '../lib/requests/request-store.ts';

const settings = readSettings(Settings.pick({ TABLE_NAME: true, INGEST_QUEUE_URL: true }));
const table = openTable(settings.TABLE_NAME);
const deps: Omit<CheckDeps, 'hasTime'> = {
  progress: progressStore(table),
  pages: pageStore(table),
  requests: requestStore(table),
  ingestQueue: openQueue(settings.INGEST_QUEUE_URL),
  report: {
    stalled: (request) => logger.warn('a request makes no progress', request),
    failed: (requestId, error) => logger.error('a request could not be checked', { requestId, error: toError(error) }),
  },
  now: () => new Date(),
};

/** Enough to end with what was begun. */
const SPARE_MS = 30_000;

/** On a schedule: finds requests without progress, counts them in a metric and sends again what they wait for. */
export const handler = middy()
  .use(injectLambdaContext(logger))
  .handler(async (_event: unknown, context: Context) => {
    const hasTime = () => context.getRemainingTimeInMillis() > SPARE_MS;
    const outcome = await checkProgress({ ...deps, hasTime });
    logger.info('open requests were checked', outcome);
    // Also when it is none: an alarm needs a metric that is there.
    metrics.addDimension('FunctionName', context.functionName);
    metrics.addMetric('StalledRequests', MetricUnit.Count, outcome.stalled).publishStoredMetrics();
    if (outcome.failed > 0) throw new Error(`${outcome.failed} of ${outcome.checked} requests could not be checked`);
  });

const toError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));
