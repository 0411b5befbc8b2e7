import type { Item } from '../../../lib/aws/table.ts';
import { pageKey, requestKey, type Run } from '../../../lib/requests/keys.ts';
import { failed, ProductRecord, type ImageOutcome } from '../../../lib/requests/product-record.ts';
import { toRequest, type Request } from '../../../lib/requests/request.ts';
import { isTriedAgain } from '../../../lib/requests/retry-pages.ts';
import type { Fetch } from './outside.ts';
import type { System } from './system.ts';

/** For how long a warm function may not know of a cancellation. */
const STALE_MS = 5_000;

/** Every image that is settled has its reason in what was done for it in that run. Gives what has none. */
export function checkSettled(after: Item, before: Item | undefined, system: System): string[] {
  const run = { requestId: String(after.requestId), generation: Number(after.generation) };
  const request = requestIn(system, run.requestId);
  const fresh = Object.keys(after).filter((name) => /^r\d+$/.test(name) && !(before && name in before));
  return fresh.flatMap((name) => {
    const index = Number(name.slice(1));
    const earlier = earlierRecord(system, run, { page: Number(after.page), index });
    const { images } = ProductRecord.parse(after[name]);
    return images.flatMap((image, slot) => {
      const given = { image, earlier: earlier?.images[slot], request, run: { ...run, productIndex: index, slot } };
      return hasReason(given, system)
        ? []
        : [`${JSON.stringify(given.run)} ended without a reason: ${JSON.stringify(image)}`];
    });
  });
}

type Given = {
  image: ImageOutcome;
  earlier: ImageOutcome | undefined;
  request: Request;
  run: Omit<Fetch, 'outcome' | 'at' | 'page'>;
};

function hasReason({ image, earlier, request, run }: Given, system: System): boolean {
  const isSame = earlier !== undefined && JSON.stringify(image) === JSON.stringify(earlier);
  if (earlier && !isTriedAgain(earlier, request.retry?.codes)) return isSame;
  const got = (outcome: string) =>
    system.outside.fetches.some((fetch) => isOf(fetch, run) && fetch.outcome === outcome);
  if (!failed(image))
    return got('ok') && image.outputUrl.endsWith(`/${run.productIndex}-${run.slot + 1}${suffixOf(run)}.jpg`);
  const isOver = request.cancelledAt !== undefined || request.status === 'FAILED';
  if (isOver && (earlier ? isSame : image.code === 'cancelled')) return true;
  if (image.code === 'gave_up') return system.processes.purpose()?.name === 'bury' || system.processes.deaths() > 0;
  return got(image.code);
}

const suffixOf = ({ generation }: Run) => (generation === 1 ? '' : `-${generation}`);

const isOf = (fetch: Fetch, run: Given['run']): boolean =>
  fetch.requestId === run.requestId &&
  fetch.generation === run.generation &&
  fetch.productIndex === run.productIndex &&
  fetch.slot === run.slot;

/** What was done in an earlier run is not fetched again, and nothing is once everybody knows that it is not wanted. */
export function checkFetched(fetch: Fetch, system: System): string[] {
  const request = requestIn(system, fetch.requestId);
  const [run, about] = [{ requestId: fetch.requestId, generation: fetch.generation }, JSON.stringify(fetch)];
  const earlier = earlierRecord(system, run, { page: fetch.page, index: fetch.productIndex })?.images[fetch.slot];
  const problems: string[] = [];
  if (request.generation === run.generation && earlier && !isTriedAgain(earlier, request.retry?.codes)) {
    problems.push(`${about} was done before`);
  }
  if (run.generation > 1 && !earlier) problems.push(`${about} never ended before`);
  const { cancelledAt } = request;
  if (
    cancelledAt !== undefined &&
    request.generation === run.generation &&
    fetch.at - Date.parse(cancelledAt) >= STALE_MS
  ) {
    problems.push(`${about} was fetched although it is cancelled`);
  }
  return problems;
}

/** The product as the runs before this one left it, but for those that are void. */
function earlierRecord(system: System, { requestId, generation }: Run, place: { page: number; index: number }) {
  const { voidRuns } = requestIn(system, requestId);
  for (let run = generation - 1; run >= 1; run--) {
    if (voidRuns?.has(run)) continue;
    const { pk, sk } = pageKey({ requestId, generation: run }, place.page);
    const record = system.world.table.items.get(`${pk} ${sk}`)?.[`r${place.index}`];
    if (record !== undefined) return ProductRecord.parse(record);
  }
  return undefined;
}

function requestIn({ world }: System, requestId: string): Request {
  const { pk, sk } = requestKey(requestId);
  return toRequest(world.table.items.get(`${pk} ${sk}`) ?? {});
}
