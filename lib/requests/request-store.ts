import type { Condition, Update } from '../aws/expression.ts';
import type { Table } from '../aws/table.ts';
import type { CountName, Counts } from './counts.ts';
import { deliveryLog } from './delivery-log.ts';
import { ownerIndex, requestKey, type Run } from './keys.ts';
import { CLOSES, OPENS } from './progress-store.ts';
import {
  ENDED_STATUSES,
  toRequest,
  type PagePlan,
  type Request,
  type RequestStatus,
  type RunTotals,
  type Totals,
} from './request.ts';

export type RequestStore = ReturnType<typeof requestStore>;

/**
 * The request items. Every step is one conditional write; each gives the request as it is afterwards, or undefined
 * when the condition did not hold because the step (or a later one) was done already.
 */
export function requestStore(table: Table) {
  const update = async (requestId: string, change: Update): Promise<Request | undefined> => {
    const item = await table.update(requestKey(requestId), change);
    return item && toRequest(item);
  };

  return {
    ...deliveryLog(table),

    /** False when it exists already. */
    create: ({ counts, ...request }: Request): Promise<boolean> =>
      table.put(
        {
          ...requestKey(request.requestId),
          ...request,
          ...counts,
          [ownerIndex.partition(request.owner)[0]]: ownerIndex.partition(request.owner)[1],
          [ownerIndex.sort]: request.requestId,
          ...(request.status !== 'AWAITING_FILE' && OPENS),
        },
        [{ absent: 'pk' }],
      ),

    async get(requestId: string, options: { consistent?: boolean } = {}): Promise<Request | undefined> {
      const item = await table.get(requestKey(requestId), options);
      return item && toRequest(item);
    },

    /** A presigned upload may arrive until later: another form was handed out. */
    awaitLonger: (requestId: string, { uploadUntil, expiresAt }: { uploadUntil: string; expiresAt: number }) =>
      update(requestId, { set: { uploadUntil, expiresAt }, when: [inStatus('AWAITING_FILE')] }),

    /** A presigned upload has arrived. */
    arrive: (requestId: string, { at, inputVersion, expiresAt }: Arrived) =>
      update(requestId, {
        set: { status: 'RECEIVED' satisfies RequestStatus, receivedAt: at, inputVersion, expiresAt, ...OPENS },
        when: [inStatus('AWAITING_FILE')],
      }),

    /** The whole file was read: what it comes to, and how it is cut. */
    plan: (requestId: string, { totals, plan }: { totals: Totals; plan: PagePlan }) =>
      update(requestId, { set: { totals, plan }, when: [inStatus('RECEIVED'), { absent: 'totals' }] }),

    /** What a retry comes to: what stays is counted anew, what is tried again is open. */
    planRetry: ({ requestId, generation }: Run, { totals, counts, gone, before }: RetryPlan) =>
      update(requestId, {
        set: { ...counts, retryTotals: totals, earlier: { run: generation, counts: before } },
        remove: gone,
        when: [inStatus('RECEIVED'), inRun(generation), { absent: 'retryTotals' }],
      }),

    /** All pages of a run were sent. */
    seal: ({ requestId, generation }: Run, { at }: { at: string }) =>
      update(requestId, {
        set: { sealedGeneration: generation, sealedAt: at, status: 'PROCESSING' satisfies RequestStatus },
        when: [inStatus('RECEIVED'), inRun(generation)],
      }),

    /** All pages of a group are full; counted once for each group of a run. */
    addGroup: ({ requestId, generation }: Run, group: number, counts: Counts) =>
      update(requestId, {
        add: { ...counts, fullGroups: new Set([group]) },
        when: [inRun(generation), { lacksMember: ['fullGroups', group] }],
      }),

    startFinishing: ({ requestId, generation }: Run) =>
      update(requestId, {
        set: { status: 'FINISHING' satisfies RequestStatus },
        when: [inStatus('PROCESSING', 'FINISHING'), inRun(generation)],
      }),

    /** What has not begun is to end as cancelled. */
    cancel: (requestId: string, { at }: { at: string }) =>
      update(requestId, {
        set: { cancelledAt: at },
        when: [inStatus('RECEIVED', 'PROCESSING'), { absent: 'cancelledAt' }],
      }),

    /** A presigned upload is not wanted any more. */
    withdraw: (requestId: string, { at, expiresAt }: { at: string; expiresAt: number }) =>
      update(requestId, {
        set: { status: 'CANCELLED' satisfies RequestStatus, cancelledAt: at, finishedAt: at, expiresAt, ...OPENS },
        when: [inStatus('AWAITING_FILE')],
      }),

    /** A request that has ended begins a further run. Only one all of whose pages were sent once: else there is no product to try again. */
    reopen: ({ requestId, generation }: Run, retry: NonNullable<Request['retry']>) =>
      update(requestId, {
        set: { status: 'RECEIVED' satisfies RequestStatus, generation, retry, ...OPENS },
        remove: ['retryTotals', 'fullGroups', 'finishedAt', 'cancelledAt', 'error', 'webhookStatus', 'webhookRound'],
        when: [inStatus(...ENDED_STATUSES), inRun(generation - 1), { present: 'sealedGeneration' }],
      }),

    /** The result file is there: the request ends, once for each run. */
    end: ({ requestId, generation }: Run, { status, at }: { status: RequestStatus; at: string }) =>
      update(requestId, {
        set: { status, finishedAt: at, resultGeneration: generation },
        when: [inStatus('FINISHING'), inRun(generation)],
      }),

    /** This run of the request can't be done. A retry that ends before all its pages were sent is void. */
    fail: ({ requestId, generation }: Run, { from, error, at, expiresAt }: Failure) =>
      update(requestId, {
        set: {
          status: 'FAILED' satisfies RequestStatus,
          error,
          finishedAt: at,
          ...(expiresAt !== undefined && { expiresAt }),
          ...OPENS,
        },
        ...(generation > 1 && !from.includes('PROCESSING') && { add: { voidRuns: new Set([generation]) } }),
        when: [inStatus(...from), inRun(generation)],
      }),

    /** A delivery has ended: the one of the run and the round that the request was in when it was read. */
    endDelivery: ({ requestId, generation, webhookRound }: Request, webhookStatus: 'delivered' | 'failed') =>
      update(requestId, {
        set: { webhookStatus },
        remove: CLOSES,
        when: [inRun(generation), inRound(webhookRound), { absent: 'webhookStatus' }],
      }),

    /** A webhook whose delivery has ended is to be delivered once more. */
    startRound: ({ requestId, generation, webhookRound }: Request) =>
      update(requestId, {
        set: { webhookRound: (webhookRound ?? 1) + 1, ...OPENS },
        remove: ['webhookStatus'],
        when: [inRun(generation), inRound(webhookRound), { present: 'webhookStatus' }],
      }),

    /** An owner's requests, newest first; `after` is the id of the last one seen. */
    async list(owner: string, { after, limit }: { after?: string; limit: number }) {
      const index = { name: ownerIndex.name, partition: ownerIndex.partition(owner), sort: ownerIndex.sort };
      const { items, more } = await table.query({
        index: after === undefined ? index : { ...index, key: requestKey(after) },
        ...(after !== undefined && { after }),
        newestFirst: true,
        limit,
      });
      return { requests: items.map(toRequest), more };
    },
  };
}

type Arrived = { at: string; inputVersion: string; expiresAt: number };

type Failure = {
  from: readonly RequestStatus[];
  error: { code: string; message: string };
  at: string;
  expiresAt?: number | undefined;
};

/** What a retry has to do, the counts of what stays as it is, the names of those that become zero, and what stood before. */
export type RetryPlan = { totals: RunTotals; counts: Counts; gone: readonly CountName[]; before: Counts };

const inRun = (generation: number): Condition => ({ equal: ['generation', generation] });

const inRound = (round: number | undefined): Condition =>
  round === undefined ? { absent: 'webhookRound' } : { equal: ['webhookRound', round] };

const inStatus = (...statuses: RequestStatus[]): Condition => ({ oneOf: ['status', statuses] });
