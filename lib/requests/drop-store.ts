import { z } from 'zod';
import type { Table } from '../aws/table.ts';
import { dropKey } from './keys.ts';

/** An object as its S3 event names it. The version tells two events of one key apart. */
export type Arrival = { bucket: string; key: string; eTag: string; version: string };

export type DropStore = ReturnType<typeof dropStore>;

const Marker = z.object({ requestId: z.string() });

/** Markers that make one request of one event, however often it is told. */
export const dropStore = (table: Table) => ({
  /** The request that this arrival became: the given id, or the one of an earlier telling. */
  async claim(arrival: Arrival, claim: { requestId: string; expiresAt: number }): Promise<string> {
    const key = dropKey(arrival);
    if (await table.put({ ...key, ...claim }, [{ absent: 'pk' }])) return claim.requestId;
    return Marker.parse(await table.get(key, { consistent: true })).requestId;
  },
});
