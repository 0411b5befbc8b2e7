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

/** The system's or library's code of an error, such as `ECONNRESET`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
