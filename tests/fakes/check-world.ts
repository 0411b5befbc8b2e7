import { checkProgress, type CheckDeps, type StalledRequest } from '../../lib/requests/check-progress.ts';
import { requestKey } from '../../lib/requests/keys.ts';
import { progressStore } from '../../lib/requests/progress-store.ts';
import { REQUEST_ID } from './make-request.ts';
import type { Fault } from './memory-table.ts';
import { makeWorld } from './world.ts';

/** When the first check is. */
export const START = '2025-10-05T18:00:00.000Z';
const MINUTES = 60_000;

/** A request that has a caller to tell. */
export const WEBHOOK = { webhookUrl: 'https://caller.example/' };

/** A request all of whose pages are full. */
export const SETTLED = { fullGroups: new Set([0]), counts: { productsCompleted: 2 } };

/** A request's item in the table in memory. */
export const itemName = (requestId = REQUEST_ID) => `${requestKey(requestId).pk} ${requestKey(requestId).sk}`;

export type CheckWorld = ReturnType<typeof checkWorld>;

/** A world whose clock a test moves, and what checks in it have done. */
export function checkWorld({ fault }: { fault?: Fault } = {}) {
  const calls: string[] = [];
  const world = makeWorld({
    fault: async (call, moment) => {
      if (moment === 'before') calls.push(call);
      await fault?.(call, moment);
    },
  });
  let clock = Date.parse(START);
  const stalled: StalledRequest[] = [];
  const failures: [string, unknown][] = [];
  const progress = progressStore(world.table);
  const deps: CheckDeps = {
    progress,
    pages: world.pages,
    requests: world.requests,
    ingestQueue: world.queues.ingest,
    report: {
      stalled: (request) => void stalled.push(request),
      failed: (requestId, error) => void failures.push([requestId, error]),
    },
    hasTime: () => true,
    now: () => new Date(clock),
  };
  return {
    ...world,
    deps,
    calls,
    failures,
    pass: (minutes: number) => void (clock += minutes * MINUTES),
    open: async () => (await progress.list({ after: undefined, limit: 50 })).ids,
    /** What a check reports at this time. */
    check: async () => {
      stalled.length = 0;
      const outcome = await checkProgress(deps);
      return { ...outcome, reports: [...stalled] };
    },
    /** The ids that were sent again since the last question. */
    resent: () => world.queues.ingest.sent.splice(0).map((message) => ({ ...message })),
  };
}
