import type { RequestHead, RequestView } from '../api/types.ts';

/** How a request's images have ended so far. */
export type ImageCounts = { total: number; compressed: number; failed: number; cancelled: number; ended: number };

/** The API counts cancelled images among the failed ones; a person does not. */
export function imageCounts(request: Pick<RequestHead, 'images' | 'failures' | 'status' | 'generation'>): ImageCounts {
  const { images, failures, status, generation } = request;
  const { total, compressed } = images;
  // The failures of the run before: they are about to be tried again.
  if (isBetweenRuns({ status, generation })) return { total, compressed, failed: 0, cancelled: 0, ended: compressed };
  const cancelled = Math.min(failures.cancelled ?? 0, images.failed);
  return { total, compressed, cancelled, failed: images.failed - cancelled, ended: total - images.pending };
}

/** Another try was asked for, and has not counted yet what it has to do: figures are still those of the one before. */
export const isBetweenRuns = ({ status, generation }: Pick<RequestHead, 'status' | 'generation'>): boolean =>
  status === 'RECEIVED' && generation > 1;

/** Of all images, as the bar shows them; what the API tells is of the present try. Less than 100 until it has ended. */
export function percentOf(
  view: Pick<RequestView, 'images' | 'progress' | 'failures' | 'status' | 'generation'>,
): number {
  const { total, ended } = imageCounts(view);
  return total > 0 ? Math.min((ended / total) * 100, 99.9) : view.progress.percent;
}
