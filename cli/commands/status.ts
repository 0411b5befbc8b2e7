import { hasEnded } from '../answers.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { follow, resumable } from '../follow.ts';
import { say, sayJson } from '../session.ts';
import { exitCodeFor, summaryLines } from '../summary.ts';

export type StatusFlags = { wait?: boolean; json?: boolean; allowFailures?: boolean };

/** `rowpress status ID`: how far a request has come; with `--wait`, until it has ended. */
export const status = async (requestId: string, flags: StatusFlags, context: Context): Promise<ExitCode> => {
  const first = await context.client.status(requestId);
  const last =
    flags.wait && !hasEnded(first) ? await resumable(requestId, context, () => follow(requestId, context)) : first;
  const { stdout } = context.session;
  if (flags.json) sayJson(stdout, last);
  else say(stdout, summaryLines(last).join('\n'));
  return exitCodeFor(last, flags.allowFailures);
};
