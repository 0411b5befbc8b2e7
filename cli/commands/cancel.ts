import type { Context } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';
import { follow, resumable } from '../follow.ts';
import { retrying } from '../retry.ts';
import { say, sayJson } from '../session.ts';
import { exitCodeFor, summaryLines } from '../summary.ts';

export type CancelFlags = { wait?: boolean; json?: boolean };

/** `rowpress cancel ID`: ends a request early; with `--wait`, until what had begun is finished. */
export const cancel = async (requestId: string, flags: CancelFlags, context: Context): Promise<ExitCode> => {
  const { client, session } = context;
  const changed = await retrying(
    () => client.cancel(requestId),
    session,
    (text) => say(session.stderr, text),
  );
  if (!flags.wait) {
    if (flags.json) sayJson(session.stdout, changed);
    else
      say(
        session.stdout,
        `${changed.requestId} ${changed.status === 'CANCELLED' ? 'CANCELLED' : 'is being cancelled'}`,
      );
    return ExitCode.done;
  }
  const last = await resumable(requestId, context, () => follow(requestId, context));
  if (flags.json) sayJson(session.stdout, last);
  else say(session.stdout, summaryLines(last).join('\n'));
  // Cancelled is what was asked for.
  return last.status === 'CANCELLED' ? ExitCode.done : exitCodeFor(last);
};
