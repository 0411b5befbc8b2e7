import { ImageError, type ImageErrorCode } from '../images/image-error.ts';
import type { PageMessage } from './messages.ts';
import type { Draft, Page } from './page-store.ts';
import { pressImage, toFailure, type PressDeps } from './press-image.ts';
import { toRecord, type ImageOutcome, type Product, type ProductRecord } from './product-record.ts';
import { hasEnded, hasResult, type Request } from './request.ts';
import { RetryLater } from './retry-later.ts';
import { settleProducts, type PagePlace, type SettleDeps } from './settle-products.ts';

export type PageDeps = SettleDeps &
  PressDeps & {
    /** May be some seconds old, but never from before the request was there. */
    findRequest: (requestId: string) => Promise<Request | undefined>;
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
  const request = await deps.findRequest(message.requestId);
  if (!request || hasResult(request)) return;
  if (hasEnded(request)) {
    await endPage({ message, request, code: 'cancelled' }, deps);
    return;
  }
  const known = await knownBefore(message, delivery, deps);
  const open = message.products.filter(({ index }) => !known?.products.has(index));
  const runs = await Promise.all(
    open.map((product) => runProduct({ product, draft: known?.drafts.get(product.index), request }, delivery, deps)),
  );
  await settleProducts(placeOf(message, request), endedRecords(message.requestId, runs), deps);
  const unfinished = runs.filter(({ images }) => !allEnded(images));
  for (const { product, images } of unfinished) {
    if (images.every((image) => image === null)) continue;
    const draft = { index: product.index, draft: images, expiresAt: request.expiresAt };
    await deps.pages.saveDraft(message.requestId, message.page, draft);
  }
  if (unfinished.length > 0) throw reasonToReturn({ message, unfinished }, delivery, deps);
}

/** Ends whatever is open of a page with one code, keeping the images that are done. */
export async function endPage(
  { message, request, code }: { message: PageMessage; request: Request; code: ImageErrorCode },
  deps: SettleDeps,
): Promise<void> {
  const known = await deps.pages.get(message.requestId, message.page);
  const failure = toFailure(new ImageError(code));
  const runs = message.products
    .filter(({ index }) => !known?.products.has(index))
    .map((product): ProductRun => {
      const draft = known?.drafts.get(product.index);
      return { product, images: product.imageUrls.map((_, slot) => draft?.[slot] ?? failure), troubles: [] };
    });
  await settleProducts(placeOf(message, request), endedRecords(message.requestId, runs), deps);
}

/** A product's images; null where one has not ended, and then a trouble says why. */
type ProductRun = { product: Product; images: Draft; troubles: unknown[] };
type ProductJob = { product: Product; draft: Draft | undefined; request: Request };

/** A first delivery has nothing to look up, and that saves a read for nearly every page. */
const knownBefore = async (
  message: PageMessage,
  { attempt }: PageDelivery,
  deps: PageDeps,
): Promise<Page | undefined> =>
  attempt > 1 || message.again ? await deps.pages.get(message.requestId, message.page) : undefined;

async function runProduct(
  { product, draft, request }: ProductJob,
  { attempt, signal }: PageDelivery,
  deps: PageDeps,
): Promise<ProductRun> {
  const final = attempt > deps.retrySeconds.length;
  const troubles: unknown[] = [];
  const runImage = async (url: string, slot: number): Promise<ImageOutcome | null> => {
    const done = draft?.[slot];
    if (done) return done;
    const { requestId, options } = request;
    try {
      return await pressImage({ requestId, productIndex: product.index, slot, url, options }, signal, deps);
    } catch (error) {
      if (error instanceof ImageError && (final || !error.retryable)) return toFailure(error);
      troubles.push(error);
      return null;
    }
  };
  return { product, images: await Promise.all(product.imageUrls.map(runImage)), troubles };
}

const allEnded = (images: Draft): images is ImageOutcome[] => images.every((image) => image !== null);

function endedRecords(requestId: string, runs: readonly ProductRun[]): Map<number, ProductRecord> {
  const records = new Map<number, ProductRecord>();
  for (const { product, images } of runs) {
    if (allEnded(images)) records.set(product.index, toRecord(requestId, product, images));
  }
  return records;
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

const placeOf = (message: PageMessage, { expiresAt }: Request): PagePlace => ({
  requestId: message.requestId,
  page: message.page,
  expected: message.products.length,
  pagesInGroup: message.pagesInGroup,
  expiresAt,
});
