import assert from 'node:assert/strict';
import { WebhookPayload } from '../../../lib/requests/webhook-payload.ts';
import type { Request } from '../../../lib/requests/request.ts';
import { checkAtRest, checkNoOrphans } from '../../fakes/check-at-rest.ts';
import type { Known, Model } from './expectations.ts';

/** More deliveries than any story of this size needs by far. */
const DELIVERIES_MOST = 20_000;

/** Troubles are over: everything that was promised is done, and all must be as it should. */
export async function checkEnding(model: Model): Promise<void> {
  const { system, rules } = model;
  system.outside.state.receiver = 204;
  await drain(model);
  await model.observe();
  for (const known of model.requests()) {
    if (known.view.status === 'AWAITING_FILE') {
      assert.deepEqual(rules.endsOf(known.requestId), []);
      continue;
    }
    const imagesPerProduct = model.files.get(known.view.fileName) ?? [];
    const planned = known.view.products.total > 0 ? imagesPerProduct : [];
    const request = await checkAtRest(known.requestId, { world: system.world, rules, imagesPerProduct: planned });
    await checkNoOrphans(request, system.world);
    checkWishes(known, request, rules.endsOf(known.requestId));
    await checkWebhooks(known, request, model);
  }
  await checkNothingOwed(model);
}

async function drain({ system }: Model): Promise<void> {
  const { queues } = system;
  for (let deliveries = 0; queues.living.length + queues.dead.length > 0; deliveries++) {
    assert.ok(deliveries < DELIVERIES_MOST, 'the queues never become empty');
    queues.wait();
    const message = queues.dead[0] ?? queues.visible()[0];
    if (message) await system.deliver(message, { seed: deliveries });
  }
}

/** Cancelled iff that was asked for; a run for every retry that was accepted, and none that nobody asked for. */
function checkWishes({ cancels, retries, view }: Known, { generation }: Request, ends: readonly string[]): void {
  for (const end of ends) {
    const [run, status = ''] = end.split(' ');
    const wish = cancels.get(Number(run));
    if (status === 'CANCELLED') assert.ok(wish, `run ${run} of ${view.fileName} was cancelled by nobody`);
    else if (status !== 'FAILED') assert.notEqual(wish, 'surely', `run ${run} of ${view.fileName} should be cancelled`);
  }
  for (let run = 2; run <= generation; run++) assert.ok(retries.has(run), `nobody asked for run ${run}`);
  for (const [run, wish] of retries) assert.ok(wish === 'perhaps' || run <= generation, `run ${run} was promised`);
}

/** One `webhook-id` for each run, always with the same words; the last run's caller was told, or given up on. */
async function checkWebhooks({ requestId, redeliveries, view }: Known, request: Request, model: Model): Promise<void> {
  const { system, rules } = model;
  const posts = system.outside.posts.filter(({ id }) => id.startsWith(`msg_${requestId}_`));
  const ends = new Map(
    rules.endsOf(requestId).map((end) => [`msg_${requestId}_${end.split(' ')[0] ?? ''}`, end.split(' ')[1]]),
  );
  for (const { id, payload } of posts) {
    const { data } = WebhookPayload.parse(JSON.parse(payload));
    assert.equal(data.status, ends.get(id), `${id} tells how its run ended`);
    const first = posts.find((post) => post.id === id);
    assert.equal(payload, first?.payload, `${id} tells the same at every attempt`);
  }
  const log = (await system.world.requests.deliveries(requestId)).filter(
    (one) => one.generation === request.generation,
  );
  const { webhookRound = 1, webhookStatus } = request;
  assert.ok(webhookRound <= 1 + (redeliveries.get(request.generation) ?? 0), 'no round that nobody asked for');
  assert.equal(view.webhook?.status, webhookStatus, `its delivery has ended: ${JSON.stringify(view.webhook)}`);
  const taken = log.some(({ round, statusCode }) => round === webhookRound && statusCode === 204);
  // One that is buried while its double is taken may be the first to say how it ended.
  const isBuried = webhookStatus === 'failed' && system.buried.has(`webhooks ${requestId}`);
  if (!isBuried) assert.equal(webhookStatus, taken ? 'delivered' : 'failed');
  const mine = posts.filter(({ id }) => id === `msg_${requestId}_${request.generation}`);
  assert.ok(mine.length >= log.length && (mine.length > 0 || webhookStatus === 'failed'), 'its caller was told');
}

/** The check of open requests has nothing to send again, and closes what it finds. */
async function checkNothingOwed({ system }: Model): Promise<void> {
  for (let look = 0; look < 3; look++) {
    assert.deepEqual(await system.sweep(), [], 'nothing stands still');
    system.clock.now += 20 * 3_600_000;
  }
  assert.deepEqual(await system.openRequests(), []);
}
