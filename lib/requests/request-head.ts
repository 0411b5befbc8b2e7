import type { Counts } from './counts.ts';
import type { Links } from './links.ts';
import { Problem } from './problem.ts';
import { canRetry, hasFailedRows, hasResult, isExpired, startOfRun, type Request } from './request.ts';
import type { RequestStore } from './request-store.ts';
import { summarise } from './summary.ts';
import type { RequestHead } from './views.ts';

/** A request as the API tells it, with the given counts. */
export function requestHead(request: Request, counts: Counts, links: Links): RequestHead {
  const { requestId, status, source, fileName, generation, options, createdAt } = request;
  return {
    requestId,
    status,
    source,
    fileName,
    generation,
    options,
    createdAt,
    startedAt: startOfRun(request) ?? null,
    finishedAt: request.finishedAt ?? null,
    error: request.error ?? null,
    ...summarise(request, counts),
    canRetry: canRetry(request),
    links: {
      self: links.status(requestId),
      export: hasResult(request) ? links.results(requestId) : null,
      failedRows: hasFailedRows(request) ? links.failedRows(requestId) : null,
    },
  };
}

/** The caller's own request; somebody else's, or one that has expired, is as unknown as one that never was. Throws Problem `not_found`. */
export async function ownRequest(
  { requestId, owner }: { requestId: string; owner: string },
  { requests, now }: { requests: RequestStore; now: () => Date },
): Promise<Request> {
  const request = await requests.get(requestId, { consistent: true });
  if (request?.owner !== owner || isExpired(request, now()))
    throw new Problem('not_found', 'There is no such request.');
  return request;
}
