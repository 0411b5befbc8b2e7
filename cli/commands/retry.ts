import type { Context } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';
import { follow, resumable } from '../follow.ts';
import { retrying } from '../retry.ts';
import { say, sayJson } from '../session.ts';
import { exitCodeFor, summaryLines } from '../summary.ts';

export type RetryFlags = { code?: readonly string[]; wait?: boolean; json?: boolean; allowFailures?: boolean };

export const RETRY_HELP = `
Images that were compressed are not fetched again. "rowpress status <id>" shows the codes of those that failed; after the
retry, "rowpress export <id>" gives the results of both runs in one file.`;

/** `rowpress retry ID`: tries failed images again, all or those of some codes; with `--wait`, until that has ended. */
export const retry = async (requestId: string, flags: RetryFlags, context: Context): Promise<ExitCode> => {
  const { client, session } = context;
  // Naming the run whose failures are meant makes a repeated call harmless.
  const { generation } = await client.status(requestId);
  const wish = { generation, ...(flags.code && { codes: flags.code }) };
  const changed = await retrying(
    () => client.retry(requestId, wish),
    session,
    (text) => say(session.stderr, text),
  );
  if (!flags.wait) {
    if (flags.json) sayJson(session.stdout, changed);
    else say(session.stdout, `${changed.requestId} ${changed.status}, run ${changed.generation}`);
    return ExitCode.done;
  }
  const last = await resumable(requestId, context, () => follow(requestId, context));
  if (flags.json) sayJson(session.stdout, last);
  else say(session.stdout, summaryLines(last).join('\n'));
  return exitCodeFor(last, flags.allowFailures);
};
