/** Why a caller can't have what was asked for. Each has an HTTP status in lib/http/problem-response.ts. */
export type ProblemCode =
  | 'invalid_request'
  | 'invalid_options'
  | 'missing_file'
  | 'idempotency_key_reused'
  | 'not_found'
  | 'not_finished'
  | 'already_ended'
  | 'nothing_to_retry'
  | 'no_result'
  | 'no_failed_rows'
  | 'method_not_allowed'
  | 'unsupported_media_type'
  | 'payload_too_large'
  | 'unavailable'
  | 'internal_error';

/** One thing that is wrong with a request to the API or with a row of a file. */
export type ProblemDetail = {
  field?: string;
  row?: number;
  column?: string | null;
  code: string;
  value?: string;
  message: string;
};

/** A refusal meant for the caller: its message holds nothing of the inside. */
export class Problem extends Error {
  override name = 'Problem';
  readonly code: ProblemCode;
  readonly errors: readonly ProblemDetail[];

  constructor(code: ProblemCode, message: string, errors: readonly ProblemDetail[] = []) {
    super(message);
    this.code = code;
    this.errors = errors;
  }
}
