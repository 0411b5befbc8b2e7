import { currentCounts } from './current-counts.ts';
import type { Links } from './links.ts';
import type { PageStore } from './page-store.ts';
import { requestHead } from './request-head.ts';
import { isExpired } from './request.ts';
import type { RequestStore } from './request-store.ts';
import type { ListView } from './views.ts';

export type ListDeps = { requests: RequestStore; pages: PageStore; links: Links; now: () => Date };

/** An owner's requests, newest first, without those that have expired; the cursor is the id of the last one looked at. */
export async function listRequests(
  { owner, cursor, limit }: { owner: string; cursor?: string | undefined; limit: number },
  { requests, pages, links, now }: ListDeps,
): Promise<ListView> {
  const found = await requests.list(owner, { limit, ...(cursor !== undefined && { after: cursor }) });
  const last = found.requests.at(-1);
  const standing = found.requests.filter((request) => !isExpired(request, now()));
  const heads = standing.map(async (request) => requestHead(request, await currentCounts(request, pages), links));
  return {
    requests: await Promise.all(heads),
    nextCursor: found.more && last ? last.requestId : null,
  };
}
