import { isDeepStrictEqual } from 'node:util';
import type { Received } from './webhook-receiver.ts';
import { checkOutputs } from './check-outputs.ts';
import { checkResults } from './check-results.ts';
import { expectedCounts } from './expected.ts';
import type { Run } from './report.ts';

/** Compares everything that came of a run with the catalogue and with what its webhook told; gives what differs. */
export async function checkRun(run: Run, resultCsv: string): Promise<string[]> {
  const differences = [
    ...checkCounts(run),
    ...checkWebhook(run),
    ...checkResults(resultCsv),
    ...(await checkOutputs(run.products, run.status.options.format)),
  ];
  return differences.map((text) => `${run.way}: ${text}`);
}

function checkCounts({ status: { products, images, failures } }: Run): string[] {
  const { total, compressed, failed } = images;
  return compare(
    'what was counted',
    { products: products.total, images: total, compressed, failed, failures },
    expectedCounts(),
  );
}

/** Two attempts, of which the first was refused: the same id and body, each signed for itself. */
function checkWebhook({ status, deliveries }: Run): string[] {
  const { requestId, products, images, failures, bytes } = status;
  const told = { requestId, status: status.status, products, images, failures, bytes };
  return [
    ...compare('the number of webhook-ids', new Set(deliveries.map(({ id }) => id)).size, 1),
    ...compare(
      'what the receiver answered',
      deliveries.map(({ answer }) => answer),
      [500, 204],
    ),
    ...compare(
      'what the status tells of the webhook',
      status.webhook?.attempts.map(({ statusCode }) => statusCode),
      [500, 204],
    ),
    ...deliveries.flatMap(({ payload }) => compare('what the webhook told', summaryOf(payload), told)),
  ];
}

function summaryOf({ data: { requestId, status, products, images, failures, bytes } }: Received['payload']) {
  return { requestId, status, products, images, failures, bytes };
}

function compare(what: string, found: unknown, expected: unknown): string[] {
  if (isDeepStrictEqual(found, expected)) return [];
  return [`${what} is ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`];
}
