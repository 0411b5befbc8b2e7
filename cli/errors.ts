import { ExitCode } from './exit-codes.ts';

/** An end that is told to the person in words, without a stack trace. */
export class CliError extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** A fault that may pass by itself: the network, a timeout, 429 or 5xx. */
export class TransientError extends CliError {
  constructor(message: string, options?: ErrorOptions) {
    super(ExitCode.unreachable, message, options);
  }
}

/** The system's error code (ENOENT, ECONNREFUSED, …) of an error or of what caused it. */
export const systemCode = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return systemCode(error.cause);
};
