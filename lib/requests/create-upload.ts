import type { PostTicket, Presigner } from '../aws/presign.ts';
import type { ImageOptions } from '../images/image-options.ts';
import type { NewId } from './ids.ts';
import { arrivalObject } from './keys.ts';
import { newRequest, secondsAfter, type RequestRules } from './new-request.ts';
import type { Request } from './request.ts';
import type { RequestStore } from './request-store.ts';

export type CreateUploadDeps = {
  requests: RequestStore;
  presigner: Presigner;
  rules: RequestRules;
  newId: NewId;
  now: () => Date;
};

export type UploadPlan = { fileName: string; owner: string; options: ImageOptions; webhookUrl?: string | undefined };

/** How long a presigned form can be used. */
const FORM_SECONDS = 3600;
/** The item outlives the form by a day, for an arrival that is told late. */
const GRACE_SECONDS = 86_400;

/** Reserves a request for a file that the caller uploads to S3 by itself; it begins when the file arrives. */
export async function createUpload(
  plan: UploadPlan,
  deps: CreateUploadDeps,
): Promise<{ request: Request; form: PostTicket; maxBytes: number }> {
  const now = deps.now();
  const fields = { ...plan, requestId: deps.newId(), source: 'upload', status: 'AWAITING_FILE' } as const;
  const request = {
    ...newRequest(fields, deps.rules, now),
    uploadUntil: new Date(now.getTime() + FORM_SECONDS * 1000).toISOString(),
    expiresAt: secondsAfter(now, FORM_SECONDS + GRACE_SECONDS),
  };
  const maxBytes = deps.rules.limits.maxFileBytes;
  const form = await deps.presigner.uploadForm(arrivalObject(request.requestId), { maxBytes, seconds: FORM_SECONDS });
  await deps.requests.create(request);
  return { request, form, maxBytes };
}
