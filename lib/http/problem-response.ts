import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { CsvFileError, type CsvFileErrorCode } from '../csv/csv-error.ts';
import { logger } from '../logger.ts';
import { Problem, type ProblemCode, type ProblemDetail } from '../requests/problem.ts';

/** Every code that an answer can carry, with its HTTP status and title (RFC 9457). */
export const PROBLEMS: Record<ProblemCode | CsvFileErrorCode, { status: number; title: string }> = {
  invalid_request: { status: 400, title: 'The request is malformed' },
  not_found: { status: 404, title: 'Not found' },
  no_failed_rows: { status: 404, title: 'No row failed' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  not_finished: { status: 409, title: 'Not finished yet' },
  already_ended: { status: 409, title: 'Already ended' },
  nothing_to_retry: { status: 409, title: 'Nothing to try again' },
  no_result: { status: 409, title: 'No result' },
  payload_too_large: { status: 413, title: 'Too large to be sent directly' },
  file_too_large: { status: 413, title: 'The file is too large' },
  unsupported_media_type: { status: 415, title: 'Unsupported media type' },
  invalid_options: { status: 422, title: 'Invalid options' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key was used for something else' },
  missing_file: { status: 422, title: 'No file' },
  empty_file: { status: 422, title: 'The file is empty' },
  unsupported_encoding: { status: 422, title: 'Unknown text encoding' },
  not_a_csv: { status: 422, title: 'Not a CSV' },
  no_header: { status: 422, title: 'No usable header' },
  no_rows: { status: 422, title: 'No rows' },
  too_many_rows: { status: 422, title: 'Too many rows' },
  too_many_columns: { status: 422, title: 'Too many columns' },
  malformed_csv: { status: 422, title: 'Malformed CSV' },
  internal_error: { status: 500, title: 'Internal error' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
};

/** The answer to an error: what is meant for the caller is told, anything else is logged and told as a bare 500 or 503. */
export function problemResponse(error: unknown): APIGatewayProxyStructuredResultV2 {
  if (error instanceof Problem) return respond(error.code, error.message, error.errors);
  if (error instanceof CsvFileError) return respond(error.code, error.message);
  logger.error('an API call failed', error instanceof Error ? error : new Error(String(error)));
  return isFromAws(error)
    ? respond('unavailable', 'Something that is needed does not answer. Please try again.')
    : respond('internal_error', 'Something went wrong on our side.');
}

function respond(
  code: ProblemCode | CsvFileErrorCode,
  detail: string,
  errors: readonly ProblemDetail[] = [],
): APIGatewayProxyStructuredResultV2 {
  const { status, title } = PROBLEMS[code];
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(status === 503 && { 'retry-after': '5' }),
    },
    body: JSON.stringify({ type: 'about:blank', title, status, detail, code, ...(errors.length > 0 && { errors }) }),
  };
}

/** The SDK has retried by itself already when its error comes up to here. */
const isFromAws = (error: unknown): boolean => error instanceof Error && '$metadata' in error;
