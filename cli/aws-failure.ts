import { CliError, TransientError, systemCode } from './errors.ts';
import { ExitCode } from './exit-codes.ts';

/** For SDK clients: faults are told once, by this program. */
export const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** What the AWS SDK threw, in plain words that begin with what could not be done; a Ctrl-C is given back as it is. */
export const awsFailure = (what: string, error: unknown, signal: AbortSignal): unknown => {
  if (signal.aborted) return error;
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const message = `${what} (${reason})`;
  const status = answeredStatus(error);
  if (status !== undefined) {
    return status >= 500
      ? new TransientError(message, { cause: error })
      : new CliError(ExitCode.refused, message, { cause: error });
  }
  // Without a system's code it is the SDK itself: no region, no credentials.
  return systemCode(error) === undefined
    ? new CliError(ExitCode.usage, message, { cause: error })
    : new TransientError(message, { cause: error });
};

/** The HTTP status that AWS answered with, if it did. */
const answeredStatus = (error: unknown): number | undefined => {
  if (!(error instanceof Error && '$fault' in error && '$metadata' in error)) return undefined;
  const { $metadata: metadata } = error;
  const status = typeof metadata === 'object' && metadata && 'httpStatusCode' in metadata && metadata.httpStatusCode;
  return typeof status === 'number' ? status : 500;
};
