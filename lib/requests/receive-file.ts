import { ObjectMissing, type ObjectHead } from '../aws/objects.ts';
import { ImageOptions } from '../images/image-options.ts';
import type { ClaimStore } from './claim-store.ts';
import { plainFileName } from './file-name.ts';
import { RequestId, type NewId } from './ids.ts';
import { ingestCsv, type IngestDeps } from './ingest-csv.ts';
import { ARRIVALS, dropKey, DROPS, inputObject } from './keys.ts';
import { newRequest, keptUntil, type RequestRules } from './new-request.ts';
import type { RequestStore } from './request-store.ts';
import { readSubmitOptions, type OptionProblem } from './submit-options.ts';

/** An object as its S3 event names it. The version tells two events of one key apart. */
export type Arrival = { bucket: string; key: string; eTag: string; version: string };

export type ClaimDeps = { claims: ClaimStore; rules: RequestRules; newId: NewId; now: () => Date };

export type CreateDeps = { requests: RequestStore; rules: RequestRules; defaults: SubmitDefaults; now: () => Date };

export type ReceiveDeps = IngestDeps & ClaimDeps & CreateDeps;

/** What a dropped file gets that says nothing itself. */
export type SubmitDefaults = { owner: string; options: ImageOptions; webhookUrl: string | undefined };

/** A file has arrived in the bucket: by a presigned form, or dropped into the folder. Anything else is no file of ours. */
export async function receiveFile(arrival: Arrival, deps: ReceiveDeps): Promise<void> {
  const requestId = await requestIdOf(arrival, deps);
  if (requestId === undefined) return;
  if (isDrop(arrival)) await receiveDrop(arrival, requestId, deps);
  else await receiveUpload(arrival, requestId, deps);
}

/** The request that this file is or becomes, the same however often it is told; undefined for what is no file of ours. */
export async function requestIdOf(arrival: Arrival, deps: ClaimDeps): Promise<string | undefined> {
  if (!isDrop(arrival)) return RequestId.safeParse(arrival.key.replace(ARRIVALS, '')).data;
  const now = deps.now();
  const expiresAt = keptUntil(now, deps.rules);
  const claim = { requestId: deps.newId(), fingerprint: arrival.eTag, expiresAt };
  return (await deps.claims.claim(dropKey(arrival), claim, now)).requestId;
}

/** A key that ends with a slash is what consoles make to show an empty folder. */
export const isDrop = ({ key }: Arrival): boolean => key.startsWith(DROPS) && !key.endsWith('/');

async function receiveUpload(arrival: Arrival, requestId: string, deps: ReceiveDeps): Promise<void> {
  const request = await deps.requests.get(requestId, { consistent: true });
  if (request?.status === 'AWAITING_FILE') {
    // A form can be sent twice. Each file is kept for itself, or the later would change under the one that counts.
    const inputVersion = unquoted(arrival.eTag);
    if (!(await keepCopy(arrival, { requestId, inputVersion }, deps))) return;
    const now = deps.now();
    const expiresAt = keptUntil(now, deps.rules);
    await deps.requests.arrive(requestId, { at: now.toISOString(), inputVersion, expiresAt });
  }
  await ingestCsv(requestId, deps);
}

async function receiveDrop(arrival: Arrival, requestId: string, deps: ReceiveDeps): Promise<void> {
  const known = await deps.requests.get(requestId, { consistent: true });
  if (!known) {
    const head = await keepCopy(arrival, { requestId }, deps);
    if (!head) return;
    await createDropped({ arrival, requestId, metadata: head.metadata }, deps);
  }
  await ingestCsv(requestId, deps);
}

/**
 * Copies the file to where nobody else writes, so that it can't change while it is worked on. Undefined when the object
 * is gone or was written again meanwhile: the later one's own event stands for it.
 */
async function keepCopy(
  { key, eTag }: Arrival,
  input: { requestId: string; inputVersion?: string },
  { data }: ReceiveDeps,
): Promise<ObjectHead | undefined> {
  try {
    const head = await data.head(key);
    if (unquoted(head.eTag) !== unquoted(eTag)) return undefined;
    await data.copy({ key, eTag: head.eTag }, inputObject(input));
    return head;
  } catch (error) {
    if (error instanceof ObjectMissing) return undefined;
    throw error;
  }
}

type Dropped = { arrival: Arrival; requestId: string; metadata: Record<string, string> };

/** The request of a dropped file; its object's metadata holds what is asked of it. Does nothing when it is there. */
export async function createDropped({ arrival, requestId, metadata }: Dropped, deps: CreateDeps): Promise<void> {
  const { owner, options, webhookUrl } = deps.defaults;
  const asked = readSubmitOptions(metadata, options);
  const fileName = plainFileName(arrival.key);
  const fields = { requestId, owner, fileName, source: 'drop', status: 'RECEIVED' } as const;
  const now = deps.now();
  const told = { webhookUrl: asked.webhookUrl ?? webhookUrl };
  const request = asked.problems
    ? { ...newRequest({ ...fields, options, ...told }, deps.rules, now), ...refusedFor(asked.problems, now) }
    : newRequest({ ...fields, ...asked, ...told }, deps.rules, now);
  await deps.requests.create(request);
}

const refusedFor = (problems: OptionProblem[], now: Date) => ({
  status: 'FAILED' as const,
  error: { code: 'invalid_options', message: problems.map(({ message }) => message).join('; ') },
  finishedAt: now.toISOString(),
});

/** S3 names an eTag in quotes, its events without. */
export const unquoted = (eTag: string): string => eTag.replaceAll('"', '');
