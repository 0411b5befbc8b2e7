import * as z from 'zod';
import type { Table } from '../aws/table.ts';
import { DELIVERY_PREFIX, deliveryKey, requestKey } from './keys.ts';
import type { Request } from './request.ts';

/** One attempt to deliver a webhook. */
export const Delivery = z.object({
  generation: z.number().describe('the run of the request that is told of'),
  round: z.number().default(1).describe('1, and one more for each redelivery'),
  attempt: z.number().describe('counted over all rounds of a run'),
  at: z.iso.datetime(),
  durationMs: z.number(),
  statusCode: z.number().nullable(),
  error: z.string().nullable(),
  // Absent in what was logged before there were rounds.
  retryAt: z.iso.datetime().nullable().optional().describe('when the next attempt is due; null after the last one'),
});
export type Delivery = z.output<typeof Delivery>;

export const wasTaken = ({ statusCode }: Delivery): boolean =>
  statusCode !== null && statusCode >= 200 && statusCode < 300;

/** The items of the attempts. */
export function deliveryLog(table: Table) {
  return {
    /** False when there is an attempt of this number already. */
    recordDelivery: ({ requestId, expiresAt }: Request, delivery: Delivery): Promise<boolean> =>
      table.put({ ...deliveryKey(requestId, delivery.generation, delivery.attempt), ...delivery, expiresAt }, [
        { absent: 'pk' },
      ]),

    /** The attempts of every run, oldest first. */
    async deliveries(requestId: string): Promise<Delivery[]> {
      const { pk } = requestKey(requestId);
      const all: Delivery[] = [];
      for (let more = true; more;) {
        const last = all.at(-1);
        const after = last && deliveryKey(requestId, last.generation, last.attempt).sk;
        const found = await table.query({ pk, prefix: DELIVERY_PREFIX, consistent: true, ...(after && { after }) });
        all.push(...found.items.map((item) => Delivery.parse(item)));
        more = found.more;
      }
      return all;
    },
  };
}
