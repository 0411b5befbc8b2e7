import { expect } from 'vitest';
import { StatusView } from '../../../lib/requests/views.ts';
import { ask } from './ask.ts';
import { cameToNothing, type Case } from './case.ts';
import { checkFiles } from './check-files.ts';
import { checkSettled } from './check-settled.ts';
import { checkWebhooks } from './check-webhooks.ts';
import { statusOfProduct, type Ended, type Ending } from './ending.ts';
import { requestsNamed } from './table.ts';

/** Nothing is lost, nothing counted twice, each run has one end and one webhook-id, and the result is right. */
export async function checkCase(one: Case): Promise<void> {
  const requests = await requestsNamed(one.lane, one.plan.fileName);
  const { story } = one;
  const nothing = cameToNothing(one);
  if (nothing && story === 'upload') {
    expect(requests).toEqual([]);
    expect(one.mailbox.attempts).toEqual([]);
    return;
  }
  expect(requests).toHaveLength(1);
  const [request = {}] = requests;
  const status = await statusOf(one, String(request.requestId));
  if (one.requestId !== '') expect(status.requestId).toBe(one.requestId);
  if (story === 'withdraw') {
    checkWithdrawn(one, status);
    return;
  }
  const ending: Ending = {
    generation: story === 'retry' && !nothing ? 2 : 1,
    mended: story === 'retry' && !nothing,
    cancelled: story === 'cancel' && !nothing,
    redelivered: story === 'redeliver' && !nothing,
  };
  const outcomes = await checkSettled(one, request, ending);
  checkStatus(one, { status, outcomes, ending });
  await checkFiles(one, { status, outcomes, ending });
  checkWebhooks(one, { status, ending });
  expect(request, 'nothing is owed any more').not.toHaveProperty('openKey');
}

async function statusOf({ lane }: Case, requestId: string): Promise<StatusView> {
  return StatusView.parse(JSON.parse((await ask(lane, 'get-status', { requestId })).body));
}

function checkStatus({ plan }: Case, { status, outcomes, ending }: Ended): void {
  const products = outcomes.map(statusOfProduct);
  const count = (wanted: string) => products.filter((found) => found === wanted).length;
  const images = outcomes.flat();
  const failures = images.filter((outcome) => outcome !== 'ok');
  failures.push(...outcomes.filter((own) => own.length === 0).map(() => 'no_images'));
  const natural = count('COMPLETED') === plan.products.length ? 'COMPLETED' : 'COMPLETED_WITH_ERRORS';
  expect(status).toMatchObject({
    status: ending.cancelled ? 'CANCELLED' : natural,
    generation: ending.generation,
    products: {
      total: plan.products.length,
      completed: count('COMPLETED'),
      partial: count('PARTIAL'),
      failed: count('FAILED'),
      cancelled: count('CANCELLED'),
      pending: 0,
    },
    images: {
      total: images.length,
      compressed: images.filter((outcome) => outcome === 'ok').length,
      failed: images.filter((outcome) => outcome !== 'ok').length,
      pending: 0,
    },
    webhook: { status: 'delivered' },
  });
  const byCode = Object.fromEntries(
    [...Map.groupBy(failures, (code) => code)].map(([code, all]) => [code, all.length]),
  );
  expect(status.failures).toEqual(byCode);
}

/** Without a file there is nothing but the end and its webhook. */
function checkWithdrawn(one: Case, status: StatusView): void {
  if (cameToNothing(one)) {
    expect(status).toMatchObject({ status: 'AWAITING_FILE', finishedAt: null });
    expect(one.mailbox.attempts).toEqual([]);
    return;
  }
  expect(status).toMatchObject({ status: 'CANCELLED', products: { total: 0 }, images: { total: 0 } });
  checkWebhooks(one, { status, ending: { generation: 1, cancelled: true, mended: false, redelivered: false } });
}
