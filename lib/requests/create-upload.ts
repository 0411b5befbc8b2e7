import type { PostTicket, Presigner } from '../aws/presign.ts';
import type { ImageOptions } from '../images/image-options.ts';
import { claimId } from './claim-id.ts';
import type { ClaimStore } from './claim-store.ts';
import type { NewId } from './ids.ts';
import { arrivalObject } from './keys.ts';
import { newRequest, secondsAfter, type RequestRules } from './new-request.ts';
import type { Request } from './request.ts';
import type { RequestStore } from './request-store.ts';

export type CreateUploadDeps = {
  claims: ClaimStore;
  requests: RequestStore;
  presigner: Presigner;
  rules: RequestRules;
  newId: NewId;
  now: () => Date;
};

export type UploadPlan = {
  fileName: string;
  owner: string;
  options: ImageOptions;
  webhookUrl?: string | undefined;
  idempotencyKey?: string | undefined;
};

/** How long a presigned form can be used. */
const FORM_SECONDS = 3600;
/** The item outlives the form by a day, for an arrival that is told late. */
const GRACE_SECONDS = 86_400;

/**
 * Reserves a request for a file that the caller uploads to S3 by itself; it begins when the file arrives. A repeated call
 * gives the same request and a fresh form. Throws Problem `idempotency_key_reused`.
 */
export async function createUpload(
  { idempotencyKey, ...plan }: UploadPlan,
  deps: CreateUploadDeps,
): Promise<{ request: Request; form: PostTicket; maxBytes: number }> {
  const now = deps.now();
  const content = [JSON.stringify([plan.fileName, plan.options, plan.webhookUrl])];
  const idempotency = idempotencyKey === undefined ? undefined : { key: idempotencyKey, owner: plan.owner, content };
  const requestId = await claimId(idempotency, deps);
  const fields = { ...plan, requestId, source: 'upload', status: 'AWAITING_FILE' } as const;
  const until = {
    uploadUntil: new Date(now.getTime() + FORM_SECONDS * 1000).toISOString(),
    expiresAt: secondsAfter(now, FORM_SECONDS + GRACE_SECONDS),
  };
  const fresh = { ...newRequest(fields, deps.rules, now), ...until };
  const maxBytes = deps.rules.limits.maxFileBytes;
  const form = await deps.presigner.uploadForm(arrivalObject(requestId), { maxBytes, seconds: FORM_SECONDS });
  const request = (await deps.requests.create(fresh))
    ? fresh
    : ((await deps.requests.awaitLonger(requestId, until)) ??
      (await deps.requests.get(requestId, { consistent: true })));
  return { request: request ?? fresh, form, maxBytes };
}
