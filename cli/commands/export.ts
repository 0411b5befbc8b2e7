import type { Context } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';
import { saveExport } from '../save-export.ts';
import { say, sayJson } from '../session.ts';

export type ExportFlags = { failed?: boolean; out?: string; json?: boolean };

/** `rowpress export ID`: saves the result CSV, or the failed rows, of a request that has ended. */
export const exportResults = async (
  requestId: string,
  flags: ExportFlags,
  { client, session }: Context,
): Promise<ExitCode> => {
  const rows = flags.failed ? 'failed' : 'all';
  const target = flags.out ?? `${requestId}.${flags.failed ? 'failed' : 'results'}.csv`;
  await saveExport(client, { requestId, rows, target });
  if (flags.json) sayJson(session.stdout, { file: target });
  else say(session.stdout, target);
  return ExitCode.done;
};
