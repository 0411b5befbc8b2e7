import { setTimeout as delay } from 'node:timers/promises';
import { OutboundError } from '../outbound/outbound-error.ts';
import type { Outbound, OutboundResponse } from '../outbound/outbound.ts';
import { retryAfterSeconds } from '../outbound/retry-after.ts';
import { parseTarget } from '../outbound/url.ts';
import { Deadline } from './deadline.ts';
import { createKeyedGate, type Reservation, type Reserve } from './gate.ts';
import { ImageError } from './image-error.ts';
import { announcedBytes, readBody } from './read-body.ts';
import { isReadable, sniffFormat } from './sniff-format.ts';
import { statusError } from './status-error.ts';

export type ImageFetcherOptions = {
  outbound: Outbound;
  /** Asked for room before a body is read. */
  reserve: Reserve;
  /** Of one image, on the wire and after content decoding. */
  maxBytes: number;
  /** Of one try: from the first byte out to the last byte in, without the time spent waiting for room. */
  timeoutMs: number;
  connectionsPerHost: number;
  tries?: number;
  random?: () => number;
  now?: () => number;
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** Holds its reserved bytes until it is released, by hand or by `using`. */
export type FetchedImage = Disposable & {
  bytes: Buffer;
  contentType: string | null;
  /** How many tries it took. */
  requests: number;
  release: () => void;
};

export type FetchImage = (url: string, signal: AbortSignal) => Promise<FetchedImage>;

type Downloaded = { bytes: Buffer; contentType: string | null; reservation: Reservation };

/** Naming WebP or AVIF would make many servers recode the original for us. */
const HEADERS = { accept: 'image/*, */*;q=0.8', 'accept-encoding': 'identity' };
const MAX_REDIRECTS = 5;
const BASE_DELAY_MS = 300;
const MAX_WAIT_MS = 10_000;

/** Fetches images; the function throws ImageError, or the reason of its signal when that ends it before a try has failed. */
export function createImageFetcher(options: ImageFetcherOptions): FetchImage {
  const { tries = 3, random = Math.random, now = Date.now, sleep = pause } = options;
  const perHost = createKeyedGate(options.connectionsPerHost);

  return async (url, signal) => {
    const host = originOf(url);
    let failure: ImageError | undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        // The time limit starts with the host's free slot, or images of one slow host would time out in our own queue.
        const { bytes, contentType, reservation } = await perHost(host, () => download(url, signal, options, now));
        const { release } = reservation;
        return { bytes, contentType, requests: attempt, release, [Symbol.dispose]: release };
      } catch (error) {
        // What was cut off says nothing of the image; a try before it does.
        if (signal.aborted) throw failure ?? signal.reason;
        failure = asImageError(error);
        if (!mayHelpAtOnce(failure) || attempt >= tries) throw failure;
        const { retryAfterMs = 0 } = failure;
        await sleep(retryAfterMs + random() * BASE_DELAY_MS * 2 ** (attempt - 1), signal);
      }
    }
  };
}

/** What took all its time, or asks for much, is left to the redelivery of the message: a page has more images. */
const mayHelpAtOnce = ({ code, retryable, retryAfterMs = 0 }: ImageError): boolean =>
  retryable && code !== 'timeout' && retryAfterMs <= MAX_WAIT_MS;

/** One try. */
async function download(
  url: string,
  cancelled: AbortSignal,
  { outbound, timeoutMs, reserve, maxBytes }: ImageFetcherOptions,
  now: () => number,
): Promise<Downloaded> {
  cancelled.throwIfAborted();
  using deadline = new Deadline(timeoutMs);
  const response = await outbound.request({
    url,
    headers: HEADERS,
    signal: AbortSignal.any([cancelled, deadline.signal]),
    maxRedirects: MAX_REDIRECTS,
  });
  await refuseByHead(response, maxBytes, now());

  const reservation = await deadline.pauseDuring(reserve(announcedBytes(response) ?? maxBytes));
  try {
    const bytes = await readBody(response, maxBytes);
    refuseByContent(bytes);
    reservation.shrink(bytes.length);
    return { bytes, contentType: response.headers['content-type'] ?? null, reservation };
  } catch (error) {
    reservation.release();
    throw error;
  }
}

/** Throws when status and headers tell already that no image will come of it. */
async function refuseByHead(response: OutboundResponse, maxBytes: number, nowMs: number): Promise<void> {
  const { status, headers } = response;
  const isTooLarge = (announcedBytes(response) ?? 0) > maxBytes;
  if (status === 200 && !isTooLarge) return;
  await response.discard();
  if (status === 200) throw new ImageError('too_large', { httpStatus: status });
  const seconds = retryAfterSeconds(headers['retry-after'], nowMs);
  throw statusError(status, seconds === null ? undefined : seconds * 1000);
}

function refuseByContent(bytes: Buffer): void {
  if (bytes.length === 0) throw new ImageError('not_an_image', { message: 'The server sent an empty answer.' });
  const format = sniffFormat(bytes);
  if (format === null) throw new ImageError('not_an_image');
  if (!isReadable(format)) {
    throw new ImageError('unsupported_format', { message: `${format} images are not read.` });
  }
}

function originOf(url: string): string {
  try {
    return parseTarget(url).origin;
  } catch (error) {
    throw asImageError(error);
  }
}

/** Anything but a known failure is a bug and is thrown on as it is. */
function asImageError(error: unknown): ImageError {
  if (error instanceof ImageError) return error;
  if (!(error instanceof OutboundError)) throw error;
  return new ImageError(error.code, { message: error.message, retryable: error.retryable, cause: error });
}

/** Ends early when it is aborted, which the next try then sees. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
