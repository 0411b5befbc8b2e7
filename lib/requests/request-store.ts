import { z } from 'zod';
import type { Condition, Update } from '../aws/expression.ts';
import type { Table } from '../aws/table.ts';
import type { Counts } from './counts.ts';
import { deliveryKey, DELIVERY_PREFIX, ownerIndex, requestKey } from './keys.ts';
import { toRequest, type PagePlan, type Request, type RequestStatus, type Totals } from './request.ts';

export type RequestStore = ReturnType<typeof requestStore>;

/** One attempt to deliver a webhook. */
export const Delivery = z.object({
  generation: z.number(),
  attempt: z.number(),
  at: z.iso.datetime(),
  durationMs: z.number(),
  statusCode: z.number().nullable(),
  error: z.string().nullable(),
});
export type Delivery = z.output<typeof Delivery>;

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
    /** False when it exists already. */
    create: ({ counts, ...request }: Request): Promise<boolean> =>
      table.put(
        {
          ...requestKey(request.requestId),
          ...request,
          ...counts,
          [ownerIndex.partition(request.owner)[0]]: ownerIndex.partition(request.owner)[1],
          [ownerIndex.sort]: request.requestId,
        },
        [{ absent: 'pk' }],
      ),

    async get(requestId: string, options: { consistent?: boolean } = {}): Promise<Request | undefined> {
      const item = await table.get(requestKey(requestId), options);
      return item && toRequest(item);
    },

    /** A presigned upload has arrived. */
    arrive: (requestId: string, { at, expiresAt }: { at: string; expiresAt: number }) =>
      update(requestId, {
        set: { status: 'RECEIVED' satisfies RequestStatus, receivedAt: at, expiresAt },
        when: [inStatus('AWAITING_FILE')],
      }),

    /** The whole file was read: what it comes to, and how it is cut. */
    plan: (requestId: string, { totals, plan }: { totals: Totals; plan: PagePlan }) =>
      update(requestId, { set: { totals, plan }, when: [inStatus('RECEIVED'), { absent: 'totals' }] }),

    /** All pages were sent. */
    seal: (requestId: string, { at }: { at: string }) =>
      update(requestId, {
        set: { sealed: true, sealedAt: at, status: 'PROCESSING' satisfies RequestStatus },
        when: [inStatus('RECEIVED'), { absent: 'sealed' }],
      }),

    /** All pages of a group are full; counted once for each group. */
    addGroup: (requestId: string, group: number, counts: Counts) =>
      update(requestId, {
        add: { ...counts, fullGroups: new Set([group]) },
        when: [{ present: 'requestId' }, { lacksMember: ['fullGroups', group] }],
      }),

    startFinishing: (requestId: string, generation: number) =>
      update(requestId, {
        set: { status: 'FINISHING' satisfies RequestStatus },
        when: [inStatus('PROCESSING', 'FINISHING'), { equal: ['generation', generation] }],
      }),

    /** The result file is there: the request ends, once for each generation. */
    end: (requestId: string, { generation, status, at }: { generation: number; status: RequestStatus; at: string }) =>
      update(requestId, {
        set: { status, finishedAt: at },
        when: [inStatus('FINISHING'), { equal: ['generation', generation] }],
      }),

    /** The request can't be done. */
    fail: (requestId: string, { from, error, at }: Failure) =>
      update(requestId, {
        set: { status: 'FAILED' satisfies RequestStatus, error, finishedAt: at },
        when: [inStatus(...from)],
      }),

    endDelivery: (requestId: string, generation: number, webhookStatus: 'delivered' | 'failed') =>
      update(requestId, {
        set: { webhookStatus },
        when: [{ equal: ['generation', generation] }, { absent: 'webhookStatus' }],
      }),

    /** False when this attempt was recorded before. */
    recordDelivery: ({ requestId, expiresAt }: Request, delivery: Delivery): Promise<boolean> =>
      table.put({ ...deliveryKey(requestId, delivery.generation, delivery.attempt), ...delivery, expiresAt }, [
        { absent: 'pk' },
      ]),

    /** The attempts of every generation, oldest first. */
    async deliveries(requestId: string): Promise<Delivery[]> {
      const { items } = await table.query({ pk: requestKey(requestId).pk, prefix: DELIVERY_PREFIX, consistent: true });
      return items.map((item) => Delivery.parse(item));
    },

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

type Failure = { from: readonly RequestStatus[]; error: { code: string; message: string }; at: string };

const inStatus = (...statuses: RequestStatus[]): Condition => ({ oneOf: ['status', statuses] });
