import { mkdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { Status } from './answers.ts';
import type { Context } from './context.ts';
import { follow, resumable } from './follow.ts';
import { retrying } from './retry.ts';
import { saveExport } from './save-export.ts';
import { say, sayJson } from './session.ts';
import { exitCodeFor, summaryLines, type SavedFiles } from './summary.ts';
import type { ExitCode } from './exit-codes.ts';

export type DeliveryFlags = { out?: string; json?: boolean; allowFailures?: boolean };

/** The folder for the results of `file`, made when missing: `--out`, else the file's own. */
export const resultFolder = async (file: string, { out }: DeliveryFlags): Promise<string> => {
  if (out !== undefined) await mkdir(out, { recursive: true });
  return out ?? dirname(file);
};

/** Waits for the request, saves those CSVs that it has as `<name>.results.csv` and `<name>.failed.csv`, and prints the summary. */
export const deliverResults = async (
  requestId: string,
  input: { file: string; flags: DeliveryFlags },
  context: Context,
): Promise<ExitCode> => {
  const { session } = context;
  const folder = await resultFolder(input.file, input.flags);
  const stem = join(folder, basename(input.file, extname(input.file)));
  const [status, files] = await resumable(requestId, context, async () => {
    const ended = await follow(requestId, context);
    return [ended, await saveResults(ended, stem, context)] as const;
  });
  if (input.flags.json) sayJson(session.stdout, { ...status, files });
  else say(session.stdout, summaryLines(status, files).join('\n'));
  return exitCodeFor(status, input.flags.allowFailures);
};

const saveResults = async (status: Status, stem: string, { client, session }: Context): Promise<SavedFiles> => {
  const save = async (rows: 'all' | 'failed', target: string) => {
    const work = () => saveExport(client, { requestId: status.requestId, rows, target });
    await retrying(work, session, (text) => say(session.stderr, text));
    return target;
  };
  const { links } = status;
  return {
    results: links.export === null ? null : await save('all', `${stem}.results.csv`),
    failedRows: links.failedRows === null ? null : await save('failed', `${stem}.failed.csv`),
  };
};
