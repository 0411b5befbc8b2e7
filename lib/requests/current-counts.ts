import { sumCounts, type Counts } from './counts.ts';
import type { PageStore } from './page-store.ts';
import { isSettled, type Request } from './request.ts';

/** What is rolled up to the request, and what so far stands in groups that are not full. */
export async function currentCounts(request: Request, pages: PageStore): Promise<Counts> {
  if (isSettled(request)) return request.counts;
  const all = Array.from({ length: request.totals?.groups ?? 0 }, (_, group) => group);
  const open = all.filter((group) => !request.fullGroups?.has(group));
  const groups = await pages.getGroups(request, open);
  return sumCounts([request.counts, ...groups.map(({ counts }) => counts)]);
}
