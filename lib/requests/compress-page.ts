import { ImageError, type ImageErrorCode } from '../images/image-error.ts';
import { subtractCounts } from './counts.ts';
import type { Run } from './keys.ts';
import type { PageMessage } from './messages.ts';
import { freshProducts, openProducts, type OpenProduct } from './open-products.ts';
import type { Draft, Ending } from './page-store.ts';
import { pressImage, toFailure, type PressDeps } from './press-image.ts';
import { countImages, countRecord, toRecord, type ImageOutcome } from './product-record.ts';
import { hasEnded, hasResult, type Request } from './request.ts';
import { RetryLater } from './retry-later.ts';
import { settleProducts, type PagePlace, type SettleDeps } from './settle-products.ts';

export type PageDeps = SettleDeps &
  PressDeps & {
    /** May be some seconds old, but never from before the run had begun. */
    findRequest: (run: Run) => Promise<Request | undefined>;
    /** Pauses before the second, third, … delivery of a page, in seconds; behind the last one failures are final. */
    retrySeconds: readonly number[];
  };

/** This delivery of the page: which one it is, from 1, and the signal that ends it before the function's own time does. */
export type PageDelivery = { attempt: number; signal: AbortSignal };

/**
 * Fetches, compresses and stores all images of a page at once, and settles each product all of whose images have ended.
 * What may succeed later is kept as a draft and asks for the page again (RetryLater), so nothing is fetched twice.
 */
export async function compressPage(message: PageMessage, delivery: PageDelivery, deps: PageDeps): Promise<void> {
  const request = await deps.findRequest(message);
  if (request?.generation !== message.generation || hasResult(request)) return;
  if (hasEnded(request) || request.cancelledAt !== undefined) {
    await endPage({ message, request, code: 'cancelled' }, deps);
    return;
  }
  const first = delivery.attempt === 1 && !message.again;
  const open = first ? freshProducts(message) : await openProducts({ message, request }, deps.pages);
  const runs = await Promise.all(open.map((product) => runProduct({ product, request }, delivery, deps)));
  await settleProducts(placeOf(message, request), endingsOf(message.requestId, runs), deps);
  const unfinished = runs.filter(({ images }) => !allEnded(images));
  for (const { product, images } of unfinished) {
    if (images.every((image) => image === null)) continue;
    const draft = { index: product.index, draft: images, expiresAt: request.expiresAt };
    await deps.pages.saveDraft(message, message.page, draft);
  }
  if (unfinished.length > 0) throw reasonToReturn({ message, unfinished }, delivery, deps);
}

/** Ends whatever is open of a page with one code, keeping the images that are done. */
export async function endPage(
  { message, request, code }: { message: PageMessage; request: Request; code: ImageErrorCode },
  deps: SettleDeps,
): Promise<void> {
  const failure = toFailure(new ImageError(code));
  const open = await openProducts({ message, request }, deps.pages);
  const runs = open.map((one): ProductRun => {
    // A retry that is not wanted any more leaves its images as they were.
    const last = (slot: number) => (code === 'cancelled' ? one.earlier[slot] : undefined) ?? failure;
    return { ...one, images: one.images.map((image, slot) => image ?? last(slot)), troubles: [] };
  });
  await settleProducts(placeOf(message, request), endingsOf(message.requestId, runs), deps);
}

/** A product's images after this delivery; where one has not ended, a trouble says why. */
type ProductRun = OpenProduct & { troubles: unknown[] };

async function runProduct(
  { product: open, request }: { product: OpenProduct; request: Request },
  { attempt, signal }: PageDelivery,
  deps: PageDeps,
): Promise<ProductRun> {
  const final = attempt > deps.retrySeconds.length;
  const troubles: unknown[] = [];
  const runImage = async (url: string, slot: number): Promise<ImageOutcome | null> => {
    const done = open.images[slot];
    if (done) return done;
    try {
      return await pressImage({ request, productIndex: open.product.index, slot, url }, signal, deps);
    } catch (error) {
      if (error instanceof ImageError && (final || !error.retryable)) return toFailure(error);
      troubles.push(error);
      return null;
    }
  };
  return { ...open, images: await Promise.all(open.product.imageUrls.map(runImage)), troubles };
}

const allEnded = (images: Draft): images is ImageOutcome[] => images.every((image) => image !== null);

function endingsOf(requestId: string, runs: readonly ProductRun[]): Map<number, Ending> {
  const endings = new Map<number, Ending>();
  for (const { product, images, kept } of runs) {
    if (!allEnded(images)) continue;
    const record = toRecord(requestId, product, images);
    endings.set(product.index, { record, counts: subtractCounts(countRecord(record), countImages(kept)) });
  }
  return endings;
}

type Remainder = { message: PageMessage; unfinished: readonly ProductRun[] };

/** Trouble of our own (S3, DynamoDB, out of time) goes up as it is; images that may still succeed set the pause. */
function reasonToReturn({ message, unfinished }: Remainder, { attempt }: PageDelivery, deps: PageDeps): unknown {
  const troubles = unfinished.flatMap((run) => run.troubles);
  const own = troubles.find((trouble) => !(trouble instanceof ImageError));
  if (own !== undefined) return own;
  const asked = troubles.map((trouble) => (trouble instanceof ImageError ? (trouble.retryAfterMs ?? 0) / 1000 : 0));
  const longest = Math.min(Math.max(...asked), PAUSE_MOST_SECONDS);
  const seconds = Math.ceil(Math.max(deps.retrySeconds[attempt - 1] ?? 0, longest));
  const about = `open images on page ${message.page} of ${message.requestId}: ${troubles.length}`;
  return new RetryLater(seconds, `${about}; tried again in ${seconds} s`);
}

const PAUSE_MOST_SECONDS = 900;

const placeOf = (
  { requestId, generation, page, products, pagesInGroup }: PageMessage,
  request: Request,
): PagePlace => ({
  requestId,
  generation,
  page,
  expected: products.length,
  pagesInGroup,
  expiresAt: request.expiresAt,
});
