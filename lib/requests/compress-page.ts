import { ImageError, type ImageErrorCode } from '../images/image-error.ts';
import { subtractCounts } from './counts.ts';
import type { Run } from './keys.ts';
import type { PageMessage } from './messages.ts';
import { freshPage, openPage } from './open-products.ts';
import type { Ending, Page } from './page-store.ts';
import { toFailure } from './press-image.ts';
import {
  allEnded,
  draftOf,
  isStuck,
  pressOneByOne,
  pressTogether,
  type PageDelivery,
  type PressPageDeps,
  type ProductRun,
} from './press-products.ts';
import { countImages, countRecord, toRecord } from './product-record.ts';
import { hasEnded, hasResult, type Request } from './request.ts';
import { ProcessStuck, RetryLater } from './retry-later.ts';
import { settleProducts, type PagePlace, type SettleDeps } from './settle-products.ts';

export type PageDeps = SettleDeps &
  PressPageDeps & {
    /** May be some seconds old, but never from before the run had begun. */
    findRequest: (run: Run) => Promise<Request | undefined>;
  };

/**
 * Fetches, compresses and stores the images of a page, and settles each product all of whose images have ended. What may
 * succeed later is kept as a draft and asks for the page again (RetryLater), so nothing is fetched twice.
 */
export async function compressPage(message: PageMessage, delivery: PageDelivery, deps: PageDeps): Promise<void> {
  const request = await deps.findRequest(message);
  if (request?.generation !== message.generation || hasResult(request)) return;
  if (hasEnded(request) || request.cancelledAt !== undefined) {
    await endPage({ message, request, code: 'cancelled' }, deps);
  } else {
    await pressPage({ message, request, delivery }, deps);
  }
}

type PageWork = { message: PageMessage; request: Request; delivery: PageDelivery };

async function pressPage(work: PageWork, deps: PageDeps): Promise<void> {
  const { message, request, delivery } = work;
  const place = placeOf(message, request);
  const settle = (some: readonly ProductRun[]) => settleProducts(place, endingsOf(message.requestId, some), deps);
  const save = (some: readonly ProductRun[], returned?: number) =>
    deps.pages.saveDrafts(message, message.page, { drafts: draftsOf(some), returned, expiresAt: place.expiresAt });

  const isFirst = delivery.attempt === 1 && !message.again;
  const { products, returned } = isFirst ? freshPage(message) : await openPage(work, deps.pages);
  // A delivery that did not give the page back in order has died over it, or left an image behind.
  const hasDied = delivery.attempt > 1 && returned !== delivery.attempt - 1;
  const runs = hasDied
    ? await pressOneByOne(products, work, { ...deps, settle, keep: (run) => save([run]) })
    : await pressTogether(products, work, deps);

  const page = await settle(runs);
  const unfinished = runs.filter((run) => isStuck(run) || !isOver(run, page));
  if (unfinished.length === 0) return;
  const known = unfinished.filter((run) => draftOf(run).some((slot) => slot !== null));
  if (!runs.some(isStuck)) await save(known, delivery.attempt);
  else if (known.length > 0) await save(known);
  throw reasonToReturn({ message, unfinished }, delivery, deps);
}

/** Ends whatever is open of a page with one code, keeping the images that are done. */
export async function endPage(
  { message, request, code }: { message: PageMessage; request: Request; code: ImageErrorCode },
  deps: SettleDeps,
): Promise<void> {
  const { products } = await openPage({ message, request }, deps.pages);
  const runs = products.map((one): ProductRun => {
    // A retry that is not wanted any more leaves its images as they were.
    const last = (slot: number) =>
      (code === 'cancelled' ? one.earlier[slot] : undefined) ?? failureOf(code, one.tries[slot]);
    return { ...one, images: one.images.map((image, slot) => image ?? last(slot)), troubles: [] };
  });
  await settleProducts(placeOf(message, request), endingsOf(message.requestId, runs), deps);
}

function failureOf(code: ImageErrorCode, tries = 0) {
  if (code !== 'gave_up' || tries === 0) return toFailure(new ImageError(code));
  const times = tries === 1 ? 'once' : `${tries} times`;
  return toFailure(
    new ImageError(code, { message: `Working on the image never came to an end; it was tried ${times}.` }),
  );
}

function endingsOf(requestId: string, runs: readonly ProductRun[]): Map<number, Ending> {
  const endings = new Map<number, Ending>();
  for (const { product, images, kept } of runs) {
    if (!allEnded(images)) continue;
    const record = toRecord(requestId, product, images);
    endings.set(product.index, { record, counts: subtractCounts(countRecord(record), countImages(kept)) });
  }
  return endings;
}

const draftsOf = (runs: readonly ProductRun[]) => new Map(runs.map((run) => [run.product.index, draftOf(run)]));

/** Also when another delivery of the page has settled it meanwhile. */
const isOver = ({ product, images }: ProductRun, page: Page | undefined): boolean =>
  allEnded(images) || page?.products.has(product.index) === true;

type Remainder = { message: PageMessage; unfinished: readonly ProductRun[] };

/** Trouble of our own (S3, DynamoDB, out of time) goes up as it is; images that may still succeed set the pause. */
function reasonToReturn({ message, unfinished }: Remainder, { attempt }: PageDelivery, deps: PageDeps): unknown {
  const troubles = unfinished.flatMap((run) => run.troubles);
  const pause = deps.retrySeconds[attempt - 1] ?? 0;
  const about = `page ${message.page} of ${message.requestId}`;
  if (unfinished.some(isStuck)) return new ProcessStuck(pause, `an image on ${about} never came back`);
  const own = troubles.find((trouble) => !(trouble instanceof ImageError));
  if (own !== undefined) return own;
  const asked = troubles.map((trouble) => (trouble instanceof ImageError ? (trouble.retryAfterMs ?? 0) / 1000 : 0));
  const longest = Math.min(Math.max(...asked), PAUSE_MOST_SECONDS);
  const seconds = Math.ceil(Math.max(pause, longest));
  return new RetryLater(seconds, `open images on ${about}: ${troubles.length}; tried again in ${seconds} s`);
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
