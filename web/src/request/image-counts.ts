import type { RequestHead } from '../api/types.ts';

/** How a request's images have ended so far. */
export type ImageCounts = { total: number; compressed: number; failed: number; cancelled: number; ended: number };

/** The API counts cancelled images among the failed ones; a person does not. */
export function imageCounts(request: Pick<RequestHead, 'images' | 'failures' | 'status' | 'generation'>): ImageCounts {
  const { images, failures, status, generation } = request;
  const { total, compressed } = images;
  // The failures of the run before: they are about to be tried again.
  if (status === 'RECEIVED' && generation > 1) return { total, compressed, failed: 0, cancelled: 0, ended: compressed };
  const cancelled = Math.min(failures.cancelled ?? 0, images.failed);
  return { total, compressed, cancelled, failed: images.failed - cancelled, ended: total - images.pending };
}
