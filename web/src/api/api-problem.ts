/** One thing that is wrong with what was sent. */
export type ProblemDetail = { field?: string; row?: number; code: string; message: string };

const UNEXPECTED = 'unexpected_answer';

/** The server's refusal, as it tells it by RFC 9457. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly code: string;
  readonly errors: ProblemDetail[];

  constructor(status: number, { code, detail, errors }: { code: string; detail: string; errors?: ProblemDetail[] }) {
    super(detail);
    this.status = status;
    this.code = code;
    this.errors = errors ?? [];
  }

  /** The caller is not known: not a word of the API itself, but of what guards it. */
  get asksForKey(): boolean {
    return this.status === 401 || (this.status === 403 && this.code === UNEXPECTED);
  }
}

/** No answer came: whether the call arrived is not known. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** Whether the same call may well succeed a little later. */
export const isTransient = (error: unknown): boolean =>
  error instanceof ConnectionLost || (error instanceof ApiProblem && (error.status >= 500 || error.status === 429));

/** Reads the body of a refusal; what is no problem document still becomes a problem. */
export function toProblem(status: number, body: unknown): ApiProblem {
  if (!isRecord(body) || typeof body.code !== 'string' || typeof body.detail !== 'string') {
    return new ApiProblem(status, { code: UNEXPECTED, detail: `The server answered with ${status}.` });
  }
  const errors = Array.isArray(body.errors) ? body.errors.filter(isDetail) : [];
  return new ApiProblem(status, { code: body.code, detail: body.detail, errors });
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const isDetail = (value: unknown): value is ProblemDetail =>
  isRecord(value) && typeof value.code === 'string' && typeof value.message === 'string';

/** What happened, and what the person may do about it. */
export function explain(error: unknown): { what: string; todo: string } {
  if (error instanceof ConnectionLost) {
    return {
      what: 'Rowpress can’t be reached.',
      todo: 'Check the connection, and try again. Nothing is done twice by that.',
    };
  }
  if (!(error instanceof ApiProblem)) {
    return { what: 'Something went wrong on this page.', todo: 'Reload it; nothing that was uploaded is lost.' };
  }
  if (error.asksForKey) return { what: 'This Rowpress asks for an API key.', todo: 'Enter it to go on.' };
  return { what: error.message, todo: ADVICE[error.code] ?? (error.status >= 500 ? 'Try again in a moment.' : '') };
}

const ADVICE: Record<string, string> = {
  not_found: 'The link may be incomplete, or the request was removed because its time was over.',
  invalid_options: 'Correct the options that are marked, and start again.',
  unavailable: 'Try again in a moment.',
  internal_error: 'Try again in a moment. If it stays, tell whoever runs this Rowpress.',
  unexpected_answer: 'Try again in a moment. If it stays, tell whoever runs this Rowpress.',
  file_too_large: 'Split the file, and upload the parts.',
  too_many_rows: 'Split the file, and upload the parts.',
  no_header: 'Name the columns in the first row of the file, and choose it again.',
  not_finished: 'Wait until the request has ended.',
  nothing_to_retry: 'Every image that can be tried again has been.',
};
