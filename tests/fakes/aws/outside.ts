import { vi } from 'vitest';
import type { CompressedImage } from '../../../lib/images/compress-image.ts';
import type { FetchedImage } from '../../../lib/images/fetch-image.ts';
import { ImageError, type ImageErrorCode } from '../../../lib/images/image-error.ts';
import type { Webhook, WebhookAttempt } from '../../../lib/webhooks/post-webhook.ts';

/** What an image's address brings about, by its path: `https://shop.example/<kind>/…`. */
export const IMAGE_KINDS = ['ok', 'flaky-1', 'flaky-2', 'missing', 'busy', 'closed', 'corrupt'] as const;
export type ImageKind = (typeof IMAGE_KINDS)[number];

/** How an image must end, whatever happened on the way. */
export type DeservedImage = { bytesIn: number; bytesOut: number } | { code: ImageErrorCode; httpStatus: number | null };

/** The same for the same address, always. */
export function deserved(url: string): DeservedImage {
  switch (kindOf(url)) {
    case 'missing':
      return { code: 'not_found', httpStatus: 404 };
    case 'busy':
      return { code: 'http_error', httpStatus: 503 };
    case 'corrupt':
      return { code: 'corrupt_image', httpStatus: null };
    case 'ok':
    case 'flaky-1':
    case 'flaky-2':
    case 'closed': {
      const bytesIn = sizeOf(url);
      return { bytesIn, bytesOut: Math.ceil(bytesIn / 2) };
    }
  }
}

/** Strangers' servers, answering at once: images by their address, webhooks by theirs (`https://caller.example/<kind>`). */
export class Outside {
  /** How often each address was fetched. */
  readonly fetched = new Map<string, number>();
  readonly posted: { webhook: Webhook; outcome: WebhookAttempt['outcome'] }[] = [];
  /** Until then its images are `closed`, and who asks is told to come again a quarter of an hour later. */
  isOpen = false;

  fetch(url: string): FetchedImage {
    const times = (this.fetched.get(url) ?? 0) + 1;
    this.fetched.set(url, times);
    const kind = kindOf(url);
    if (kind === 'missing') throw new ImageError('not_found', { httpStatus: 404 });
    if (kind === 'busy') throw new ImageError('http_error', { httpStatus: 503, retryable: true });
    if (kind === 'closed' && !this.isOpen) throw new ImageError('http_error', CLOSED);
    if (times <= failuresBefore(kind)) throw new ImageError('timeout');
    const release = () => undefined;
    return { bytes: pictureOf(url), contentType: null, requests: 1, release, [Symbol.dispose]: release };
  }

  compress(bytes: Buffer): CompressedImage {
    if (kindOf(addressIn(bytes)) === 'corrupt') throw new ImageError('corrupt_image');
    return {
      bytes: bytes.subarray(0, Math.ceil(bytes.length / 2)),
      format: 'jpeg',
      extension: 'jpg',
      contentType: 'image/jpeg',
      width: 10,
      height: 10,
      warnings: [],
    };
  }

  post(webhook: Webhook): WebhookAttempt {
    const kind = new URL(webhook.url).pathname.slice(1);
    const refusals = failuresBefore(kind);
    const earlier = this.posted.filter(({ webhook: { url } }) => url === webhook.url).length;
    const outcome = earlier < refusals ? 'retry' : 'delivered';
    this.posted.push({ webhook, outcome });
    return outcome === 'retry'
      ? { outcome, statusCode: 503, durationMs: 1, error: 'http_error', retryAfterSeconds: null }
      : { outcome, statusCode: 204, durationMs: 1, error: null, retryAfterSeconds: null };
  }
}

const CLOSED = { httpStatus: 503, retryable: true, retryAfterMs: 900_000 };

let current: Outside | undefined;

/** What is fetched and posted from now on goes there. Only functions that are imported after the first call do so. */
export function mockOutside(outside: Outside): void {
  if (!current) replaceModules();
  current = outside;
}

function replaceModules(): void {
  const now = <T>(work: (outside: Outside) => T): Promise<T> =>
    Promise.resolve().then(() => {
      if (!current) throw new Error('there is nothing outside');
      return work(current);
    });
  vi.doMock('../../../lib/images/fetch-image.ts', () => ({
    createImageFetcher: () => (url: string) => now((outside) => outside.fetch(url)),
  }));
  vi.doMock('../../../lib/images/compress-image.ts', () => ({
    compressImage: (bytes: Buffer) => now((outside) => outside.compress(bytes)),
  }));
  vi.doMock('../../../lib/webhooks/post-webhook.ts', () => ({
    postWebhook: (webhook: Webhook) => now((outside) => outside.post(webhook)),
  }));
}

/** The address of which this is the picture, or the beginning of it. */
export const addressIn = (picture: Buffer | string): string => picture.toString('utf8').split('\n')[0] ?? '';

function kindOf(url: string): ImageKind {
  const kind = new URL(url).pathname.split('/')[1];
  const known = IMAGE_KINDS.find((one) => one === kind);
  if (known) return known;
  throw new Error(`nobody has an image at ${url}`);
}

/** `flaky-2` fails twice. */
const failuresBefore = (kind: string): number => Number(/^flaky-(\d+)$/.exec(kind)?.[1] ?? 0);

/** Long enough for its address to stand in the first half. */
function sizeOf(url: string): number {
  let sum = 0;
  for (let at = 0; at < url.length; at++) sum += url.charCodeAt(at) * (at + 1);
  return 2 * (url.length + 1) + (sum % 300);
}

const pictureOf = (url: string): Buffer => Buffer.alloc(sizeOf(url), ' ').fill(`${url}\n`, 0, url.length + 1);
