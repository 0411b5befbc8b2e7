import * as z from 'zod';

/** An error as SQS answers it; `queryCode` is the name that SDKs know it by when it differs from the shape's. */
export class SqsError extends Error {
  readonly code: string;
  readonly queryCode: string;
  constructor(code: string, message: string, queryCode = code) {
    super(message);
    this.code = code;
    this.queryCode = queryCode;
  }
}

/** What can be the caller's fault as SQS says it; anything else is thrown on: it is a fault of ours. */
export function toSqsError(error: unknown): SqsError {
  if (error instanceof SqsError) return error;
  if (error instanceof z.ZodError) return invalid(z.prettifyError(error));
  throw error;
}

export const invalid = (message: string) => new SqsError('InvalidParameterValue', message);
