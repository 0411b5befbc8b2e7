import type { Objects } from '../aws/objects.ts';
import { cut } from '../csv/cut.ts';
import type { CompressedImage } from '../images/compress-image.ts';
import type { FetchImage } from '../images/fetch-image.ts';
import { ImageError } from '../images/image-error.ts';
import type { ImageOptions } from '../images/image-options.ts';
import { imageObject, type ImageSlot } from './keys.ts';
import type { ImageOutcome } from './product-record.ts';
import type { Request } from './request.ts';

export type PressDeps = {
  fetchImage: FetchImage;
  /** Throws ImageError, or the reason of the signal when its turn comes too late. */
  compress: (bytes: Buffer, options: ImageOptions, signal: AbortSignal) => Promise<CompressedImage>;
  images: Objects;
  /** Without a slash at its end. */
  imageBaseUrl: string;
};

export type ImageJob = ImageSlot & { request: Request; url: string };

const IMMUTABLE = 'public, max-age=31536000, immutable';

/** One image's way: fetched, compressed, stored under its own key. Throws ImageError, or what S3 or the signal threw. */
export async function pressImage(job: ImageJob, signal: AbortSignal, deps: PressDeps): Promise<ImageOutcome> {
  using fetched = await deps.fetchImage(job.url, signal);
  const image = await deps.compress(fetched.bytes, job.request.options, signal);
  const key = imageObject(job.request, job, image.extension);
  await deps.images.put(key, image.bytes, { contentType: image.contentType, cacheControl: IMMUTABLE });
  return {
    outputUrl: `${deps.imageBaseUrl}/${key}`,
    bytesIn: fetched.bytes.length,
    bytesOut: image.bytes.length,
    format: image.format,
    width: image.width,
    height: image.height,
    warnings: image.warnings,
  };
}

/** How an image ended that can't be had. The message is cut: it may quote what a stranger's server said. */
export const toFailure = ({ code, message, httpStatus }: ImageError): ImageOutcome => ({
  code,
  message: cut(message, 200),
  httpStatus: httpStatus ?? null,
});
