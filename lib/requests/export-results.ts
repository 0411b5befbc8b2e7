import type { Presigner } from '../aws/presign.ts';
import { failedRowsObject, resultObject } from './keys.ts';
import { Problem } from './problem.ts';
import { ownRequest } from './request-head.ts';
import { hasEnded, hasFailedRows, hasResult } from './request.ts';
import type { RequestStore } from './request-store.ts';

export type ExportQuestion = { requestId: string; owner: string; rows: 'all' | 'failed' };
export type ExportDeps = { requests: RequestStore; presigner: Presigner; now: () => Date };

const LINK_SECONDS = 300;

/** A short-lived address of the result CSV. Throws Problem: `not_found`, `not_finished`, `no_result`, `no_failed_rows`. */
export async function exportResults({ requestId, owner, rows }: ExportQuestion, deps: ExportDeps): Promise<string> {
  const request = await ownRequest({ requestId, owner }, deps);
  if (!hasEnded(request))
    throw new Problem('not_finished', `The request is ${request.status}; its result is not there yet.`);
  if (!hasResult(request)) throw new Problem('no_result', `The request is ${request.status} and has no result.`);
  if (rows === 'failed' && !hasFailedRows(request)) throw new Problem('no_failed_rows', 'No row failed.');
  const run = { requestId, generation: request.resultGeneration };
  const key = rows === 'failed' ? failedRowsObject(run) : resultObject(run);
  const name = `${request.fileName.replace(/\.[^.]*$/, '')}.${rows === 'failed' ? 'failed' : 'results'}.csv`;
  return await deps.presigner.download(key, { name, seconds: LINK_SECONDS });
}
