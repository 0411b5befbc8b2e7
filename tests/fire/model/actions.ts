import assert from 'node:assert/strict';
import type { ImageErrorCode } from '../../../lib/images/image-error.ts';
import { ImageOptions } from '../../../lib/images/image-options.ts';
import { cancelRequest } from '../../../lib/requests/cancel-request.ts';
import { createUpload } from '../../../lib/requests/create-upload.ts';
import { arrivalObject, DROPS } from '../../../lib/requests/keys.ts';
import { Problem } from '../../../lib/requests/problem.ts';
import { redeliverWebhook } from '../../../lib/requests/redeliver-webhook.ts';
import { retryRequest } from '../../../lib/requests/retry-request.ts';
import { submitCsv } from '../../../lib/requests/submit-csv.ts';
import { csvOf } from '../../fakes/world.ts';
import { isEnded, OWNER, type Known, type Model } from './expectations.ts';
import { CallFailed, Killed } from './processes.ts';
import { WEBHOOK, type Going } from './system.ts';

/** What a caller or the machinery does; several may happen at once. Numbers stand for whatever there is to choose from. */
export type Action = Going &
  (
    | { do: 'upload'; way: 'api' | 'presigned' | 'drop'; images: readonly number[]; failing: readonly ImageErrorCode[] }
    | { do: 'deliver'; message: number }
    | { do: 'arrive'; request: number }
    | { do: 'retry'; request: number; codes: readonly ImageErrorCode[]; repeated: boolean }
    | { do: 'cancel'; request: number }
    | { do: 'redeliver'; request: number }
  );

/** Begins an action; `alone` when nothing happens beside it, so that its answer can be foretold. */
export async function act(action: Action, alone: boolean, model: Model): Promise<void> {
  if (action.do === 'upload') {
    await upload(action, model);
    return;
  }
  if (action.do === 'deliver') {
    await deliver(action, model);
    return;
  }
  const known = chosen(model.requests(), action.request);
  if (!known) return;
  if (action.do === 'arrive') await arrive(known, model);
  else if (action.do === 'retry') await retry(action, { known, alone }, model);
  else if (action.do === 'cancel') await cancel(action, { known, alone }, model);
  else await redeliver(action, { known, alone }, model);
}

const chosen = <T>(all: readonly T[], number: number): T | undefined => all[number % Math.max(all.length, 1)];

type Upload = Extract<Action, { do: 'upload' }>;

/** Each has a name of its own, which its images' addresses hold, too. */
async function upload(action: Upload, model: Model): Promise<void> {
  const { system, files } = model;
  const name = `r${files.size + 1}`;
  const { images, failing, way } = action;
  files.set(name, images);
  const slots = images.flatMap((count, product) =>
    Array.from({ length: count }, (_, slot) => `${name}/${product}/${slot}`),
  );
  failing.forEach((code, at) => {
    const slot = chosen(slots, 3 * at);
    if (slot !== undefined) system.outside.state.failing.set(slot, code);
  });
  const plan = { fileName: name, owner: OWNER, options: ImageOptions.parse({}), webhookUrl: WEBHOOK };
  const { deps, data } = system.world;
  if (way === 'drop') {
    const arrival = data.arrive(`${DROPS}${name}`, csvOf(images, siteOf(name)), { webhookurl: WEBHOOK });
    await system.queues.queueOf('ingest').send(arrival);
  } else if (way === 'api') {
    await answered(() =>
      system.call('upload', action, () => submitCsv({ ...plan, csv: csvOf(images, siteOf(name)) }, deps)),
    );
  } else {
    const presigner = {
      uploadForm: () => Promise.resolve({ url: '', fields: {} }),
      download: () => Promise.resolve(''),
    };
    await answered(() => system.call('reserve', action, () => createUpload(plan, { ...deps, presigner })));
  }
}

const siteOf = (name: string): string => `https://${name}.example`;

/** The file of a presigned upload comes, whatever has become of its request. */
async function arrive({ requestId, view }: Known, { system, files }: Model): Promise<void> {
  const key = arrivalObject(requestId);
  if (view.source !== 'upload' || system.world.data.stored.has(key)) return;
  const arrival = system.world.data.arrive(key, csvOf(files.get(view.fileName) ?? [], siteOf(view.fileName)));
  await system.queues.queueOf('ingest').send(arrival);
}

/** A message that is visible, or a dead letter. */
async function deliver(action: Extract<Action, { do: 'deliver' }>, { system }: Model): Promise<void> {
  const { queues } = system;
  const message = chosen([...queues.visible(), ...queues.dead], action.message);
  if (message) await system.deliver(message, action);
}

type Asked = { known: Known; alone: boolean };

async function retry(action: Extract<Action, { do: 'retry' }>, { known, alone }: Asked, model: Model): Promise<void> {
  const { requestId, view } = known;
  const { system } = model;
  const generation = action.repeated ? Math.max(view.generation - 1, 1) : view.generation;
  const codes = action.codes.length > 0 ? [...action.codes] : undefined;
  const call = () => retryRequest({ requestId, owner: OWNER, codes, generation }, system.world.deps);
  const before = known.retries.get(generation + 1);
  const answer = await answered(() => system.call('retry', action, call));
  if (alone && answer !== 'no answer') assert.equal(answer, retryAnswer(known, { codes, generation }), 'a retry');
  if (answer === 'accepted') known.retries.set(generation + 1, 'surely');
  else if (answer === 'no answer' && !before) known.retries.set(generation + 1, 'perhaps');
}

function retryAnswer(
  { view, gone }: Known,
  { codes, generation }: { codes: string[] | undefined; generation: number },
): string {
  if (gone) return 'not_found';
  if (generation < view.generation) return 'accepted';
  if (!isEnded(view)) return 'not_finished';
  // Withdrawn, or failed before its pages were sent.
  if (view.products.total === 0 || view.error?.code === 'ingest_failed') return 'no_result';
  const failures = codes ? codes.some((code) => code in view.failures) : view.images.failed > 0;
  return failures || view.status === 'FAILED' ? 'accepted' : 'nothing_to_retry';
}

async function cancel(action: Action, { known, alone }: Asked, model: Model): Promise<void> {
  const { requestId, view, gone } = known;
  const { deps } = model.system.world;
  const answer = await answered(() =>
    model.system.call('cancel', action, () => cancelRequest({ requestId, owner: OWNER }, deps)),
  );
  const isLate = isEnded(view) || view.status === 'FINISHING';
  const expected = isLate && view.cancelledAt === null ? 'already_ended' : 'accepted';
  if (alone && answer !== 'no answer') assert.equal(answer, gone ? 'not_found' : expected, 'a cancellation');
  if (answer === 'already_ended' || answer === 'not_found') return;
  // Beside others, it may have found a later run than the one that was seen.
  const generation = Number(model.system.world.table.items.get(`REQ#${requestId} REQUEST`)?.generation);
  for (let run = view.generation; run <= generation; run++) {
    const sure = alone && answer === 'accepted' && !isLate;
    if (known.cancels.get(run) !== 'surely') known.cancels.set(run, sure ? 'surely' : 'perhaps');
  }
}

async function redeliver(action: Action, { known, alone }: Asked, model: Model): Promise<void> {
  const { requestId, view } = known;
  const { deps } = model.system.world;
  const question = { requestId, owner: OWNER, deliveryId: view.webhook?.deliveryId ?? '' };
  const call = () => redeliverWebhook(question, deps);
  const answer = await answered(() => model.system.call('redeliver', action, call));
  if (alone && answer !== 'no answer') assert.equal(answer, redeliveryAnswer(known), 'a redelivery');
  known.redeliveries.set(view.generation, (known.redeliveries.get(view.generation) ?? 0) + 1);
}

function redeliveryAnswer({ view, gone }: Known): string {
  if (gone) return 'not_found';
  return isEnded(view) ? 'accepted' : 'not_finished';
}

/** What a caller gets: an acceptance, the code of a problem, or nothing that tells whether it was done. */
async function answered(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
    return 'accepted';
  } catch (error) {
    if (error instanceof Problem) return error.code;
    if (error instanceof Killed || error instanceof CallFailed) return 'no answer';
    throw error;
  }
}
