import { sumCounts, type Counts } from './counts.ts';
import type { PageStore } from './page-store.ts';
import { hasEnded, isSettled, runTotals, type Request } from './request.ts';

/** What is rolled up to the request, and what so far stands in groups that are not full. */
export async function currentCounts(request: Request, pages: PageStore): Promise<Counts> {
  if (isSettled(request) || hasEnded(request) || !isCounting(request)) return standingCounts(request);
  const all = Array.from({ length: request.totals?.groups ?? 0 }, (_, group) => group);
  const open = all.filter((group) => !request.fullGroups?.has(group));
  const groups = await pages.getGroups(request, open);
  return sumCounts([request.counts, ...groups.map(({ counts }) => counts)]);
}

/**
 * What is rolled up to the request. A run that ended before all its pages were sent may have added to its item's counts, and
 * still may: of a first one nothing stands; of a retry what was counted before it was planned, until the next one is, which
 * counts anew.
 */
export function standingCounts(request: Request): Counts {
  const { generation, voidRuns, earlier, counts, sealedGeneration } = request;
  if (hasEnded(request) && sealedGeneration === undefined) return {};
  if (isCounting(request) || !earlier) return counts;
  let first = generation;
  while (voidRuns?.has(first - 1)) first -= 1;
  return earlier.run >= first ? earlier.counts : counts;
}

/** A run counts from its plan on, unless it turned out void. */
export const isCounting = (request: Request): boolean =>
  runTotals(request) !== undefined && request.voidRuns?.has(request.generation) !== true;
