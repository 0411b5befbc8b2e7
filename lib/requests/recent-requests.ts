import type { Run } from './keys.ts';
import type { Request } from './request.ts';

/** How long an answer is good for: pages of one request follow each other, and most of it never changes. */
const FRESH_MS = 5_000;
const KEPT_MOST = 100;

/**
 * Remembers requests for some seconds, so that a warm function reads each of them once for many pages; but never gives
 * one from before a run had begun.
 */
export function recentRequests(
  get: (requestId: string) => Promise<Request | undefined>,
  clock: () => number = Date.now,
): (run: Run) => Promise<Request | undefined> {
  const kept = new Map<string, { request: Request; at: number }>();
  return async ({ requestId, generation }) => {
    const known = kept.get(requestId);
    if (known && clock() - known.at < FRESH_MS && known.request.generation >= generation) return known.request;
    const request = await get(requestId);
    kept.delete(requestId);
    if (request) kept.set(requestId, { request, at: clock() });
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT_MOST) break;
      kept.delete(oldest);
    }
    return request;
  };
}
