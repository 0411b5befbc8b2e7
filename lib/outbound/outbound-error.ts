import { errors } from 'undici';

/** Why a request could not be made or its answer not be had; `true` means that asking again may help. */
const RETRYABLE = {
  invalid_url: false,
  unsupported_scheme: false,
  blocked_url: false,
  dns_error: true,
  connect_error: true,
  tls_error: false,
  timeout: true,
  http_error: true,
};

export type OutboundErrorCode = keyof typeof RETRYABLE;

/** The message is in plain words and may be shown to whoever gave the URL: it never holds an address that DNS gave. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError';
  readonly code: OutboundErrorCode;
  readonly retryable: boolean;

  constructor(code: OutboundErrorCode, message: string, details: ErrorOptions & { retryable?: boolean } = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.retryable = details.retryable ?? RETRYABLE[code];
  }
}

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

/** The system's or library's code of an error, such as `ECONNRESET`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}
