import { createHash } from 'node:crypto';
import type { ClaimStore } from './claim-store.ts';
import type { NewId } from './ids.ts';
import { idempotencyKey } from './keys.ts';
import { secondsAfter } from './new-request.ts';
import { Problem } from './problem.ts';

/** What a caller gives so that a repeated call makes no second request. */
export type Idempotency = { key: string; owner: string; content: readonly (string | Uint8Array)[] };

export type ClaimIdDeps = { claims: ClaimStore; newId: NewId; now: () => Date };

/** A day, as callers know it from other APIs. */
const KEPT_SECONDS = 86_400;

/**
 * The id for a submission: a fresh one, or the one that an earlier call with the same idempotency key and content got.
 * Throws Problem `idempotency_key_reused` when the key came with other content before.
 */
export async function claimId(idempotency: Idempotency | undefined, deps: ClaimIdDeps): Promise<string> {
  const requestId = deps.newId();
  if (!idempotency) return requestId;
  const fingerprint = fingerprintOf(idempotency.content);
  const now = deps.now();
  const claim = { requestId, fingerprint, expiresAt: secondsAfter(now, KEPT_SECONDS) };
  const standing = await deps.claims.claim(idempotencyKey(idempotency.owner, idempotency.key), claim, now);
  if (standing.fingerprint === fingerprint) return standing.requestId;
  throw new Problem(
    'idempotency_key_reused',
    'This Idempotency-Key was used before for another file or other options.',
  );
}

/** Parts are told apart by their lengths, so that no two contents have one fingerprint. */
function fingerprintOf(content: Idempotency['content']): string {
  const hash = createHash('sha256');
  for (const part of content) hash.update(`${part.length}:`).update(part);
  return hash.digest('base64url');
}
