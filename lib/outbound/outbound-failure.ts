import { errors } from 'undici';
import { codeOf, OutboundError } from './outbound-error.ts';

const TIMEOUTS = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** What the HTTP client threw, as an OutboundError; the reason of an abort, and what has no code (a bug), come back as they are. */
export function outboundFailure(error: unknown, signal: AbortSignal): unknown {
  if (isTimeout(signal.reason)) return new OutboundError('timeout', 'The server took too long.', { cause: error });
  if (signal.aborted) return signal.reason;
  if (error instanceof OutboundError) return error;
  if (error instanceof errors.HTTPParserError || error instanceof errors.HeadersOverflowError) {
    return new OutboundError('http_error', 'The server does not speak proper HTTP.', { cause: error });
  }
  const code = codeOf(error);
  if (code === undefined) return error;
  if (TIMEOUTS.has(code)) return new OutboundError('timeout', 'The server took too long.', { cause: error });
  return new OutboundError('connect_error', `The connection failed or broke off (${code}).`, { cause: error });
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}
