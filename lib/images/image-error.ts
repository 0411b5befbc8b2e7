/** Every way in which an image can end without an output: whether asking again may help, and what a person is told. */
export const IMAGE_ERRORS = {
  invalid_url: { retryable: false, meaning: 'The address is not a usable URL.' },
  blocked_url: { retryable: false, meaning: 'The address points to a place that may not be fetched.' },
  unsupported_scheme: { retryable: false, meaning: 'Only http:// and https:// addresses can be fetched.' },
  dns_error: { retryable: true, meaning: 'The host name could not be found.' },
  connect_error: { retryable: true, meaning: 'The connection to the server failed or broke.' },
  tls_error: { retryable: false, meaning: 'No secure connection could be made; often a bad certificate.' },
  timeout: { retryable: true, meaning: 'The server took too long.' },
  http_error: { retryable: true, meaning: 'The server answered with an error.' },
  not_found: { retryable: false, meaning: 'The server has no such image.' },
  forbidden: { retryable: false, meaning: 'The server refuses to hand out this image.' },
  rate_limited: { retryable: true, meaning: 'The server asks for fewer requests.' },
  too_large: { retryable: false, meaning: 'The image has more bytes than allowed.' },
  not_an_image: { retryable: false, meaning: 'What the server sent is not an image.' },
  unsupported_format: { retryable: false, meaning: 'Only JPEG, PNG, WebP, GIF and AVIF images are read.' },
  corrupt_image: { retryable: false, meaning: 'The image is damaged or incomplete.' },
  too_many_pixels: { retryable: false, meaning: 'The image has more pixels than allowed.' },
  gave_up: { retryable: false, meaning: 'The image failed too many times and was given up.' },
  cancelled: { retryable: false, meaning: 'The request was cancelled before this image was done.' },
} as const satisfies Record<string, { retryable: boolean; meaning: string }>;

export type ImageErrorCode = keyof typeof IMAGE_ERRORS;

export type ImageErrorDetails = ErrorOptions & {
  /** Replaces the plain words of the table; must hold nothing secret, for it is shown to the user. */
  message?: string;
  /** Overrules the table, where one code covers both kinds (HTTP 401 and 500 are both `http_error`). */
  retryable?: boolean;
  httpStatus?: number;
  retryAfterMs?: number;
};

export class ImageError extends Error {
  override readonly name = 'ImageError';
  readonly code: ImageErrorCode;
  readonly retryable: boolean;
  readonly httpStatus: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ImageErrorCode, details: ImageErrorDetails = {}) {
    super(details.message ?? IMAGE_ERRORS[code].meaning, { cause: details.cause });
    this.code = code;
    this.retryable = details.retryable ?? IMAGE_ERRORS[code].retryable;
    this.httpStatus = details.httpStatus;
    this.retryAfterMs = details.retryAfterMs;
  }
}
