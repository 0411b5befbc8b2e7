import * as z from 'zod';
import type { Key, Table } from '../aws/table.ts';

export type ClaimStore = ReturnType<typeof claimStore>;

const Claim = z.object({
  requestId: z.string(),
  /** What the claim was made for, where the same name can come with something else. */
  fingerprint: z.string(),
  /** In seconds since 1970; from then on it stands no more, though DynamoDB may take days to delete it. */
  expiresAt: z.number(),
});
export type Claim = z.output<typeof Claim>;

/** Markers that make one request of one thing, however often it is told: a dropped object, an idempotency key. */
export const claimStore = (table: Table) => ({
  /** The claim that stands: the given one, or an earlier one on the same key. */
  async claim(key: Key, claim: Claim, now: Date): Promise<Claim> {
    if (await table.put({ ...key, ...claim }, [{ absent: 'pk' }])) return claim;
    const standing = Claim.parse(await table.get(key, { consistent: true }));
    if (standing.expiresAt > now.getTime() / 1000) return standing;
    if (await table.put({ ...key, ...claim }, [{ equal: ['requestId', standing.requestId] }])) return claim;
    return Claim.parse(await table.get(key, { consistent: true }));
  },
});
