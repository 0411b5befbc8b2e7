import { hasEnded, type Status } from './answers.ts';
import { DEFAULT_ENDPOINT, type ApiClient } from './api-client.ts';
import type { Context } from './context.ts';
import { CliError, TransientError } from './errors.ts';
import { ExitCode } from './exit-codes.ts';
import { startProgress } from './progress.ts';
import { retrying } from './retry.ts';

const SHORTEST_MS = 500;
const LONGEST_MS = 5_000;

/** Shows the progress of a request until it has ended. */
export const follow = async (requestId: string, { client, session }: Context): Promise<Status> => {
  const progress = startProgress(session);
  try {
    let seen = '';
    let unchanged = 0;
    for (;;) {
      const status = await retrying(() => client.status(requestId), session, progress.note);
      progress.show(status);
      if (hasEnded(status)) return status;
      const now = JSON.stringify([status.status, status.images]);
      unchanged = now === seen ? unchanged + 1 : 0;
      seen = now;
      await session.sleep(pollDelay(status.progress.secondsLeft, unchanged));
    }
  } finally {
    progress.end();
  }
};

/** Milliseconds to the next poll: about twenty polls over what is left, and fewer the longer nothing has changed. */
export const pollDelay = (secondsLeft: number | null, unchangedPolls: number): number => {
  const byTimeLeft = ((secondsLeft ?? 0) * 1000) / 20;
  const byStillness = SHORTEST_MS * 1.5 ** unchangedPolls;
  return Math.min(Math.max(byTimeLeft, byStillness), LONGEST_MS);
};

/** The request outlives this program: when waiting for it breaks off, the error tells how to take it up again. */
export const resumable = async <T>(
  requestId: string,
  { client, session }: Context,
  work: () => Promise<T>,
): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (session.signal.aborted)
      throw new CliError(ExitCode.interrupted, `Stopped waiting. ${howToResume(requestId, client)}`, { cause: error });
    if (error instanceof TransientError)
      throw new TransientError(`${error.message}. ${howToResume(requestId, client)}`, { cause: error });
    throw error;
  }
};

const howToResume = (requestId: string, { endpoint }: ApiClient): string => {
  const flag = endpoint === DEFAULT_ENDPOINT ? '' : ` --endpoint ${endpoint}`;
  return [
    `Request ${requestId} goes on without us.`,
    `  follow it:       rowpress status ${requestId} --wait${flag}`,
    `  get its results: rowpress export ${requestId}${flag}`,
  ].join('\n');
};
