import type { Queue } from '../aws/queue.ts';
import { ImageError, type ImageErrorCode } from '../images/image-error.ts';
import { subtractCounts } from './counts.ts';
import type { Run } from './keys.ts';
import type { PageMessage } from './messages.ts';
import { freshPage, openPage, type OpenProduct } from './open-products.ts';
import type { Ending, Page } from './page-store.ts';
import { toFailure, type PressDeps } from './press-image.ts';
import {
  allEnded,
  draftOf,
  isStuck,
  pressOneByOne,
  pressTogether,
  type PageDelivery,
  type ProductRun,
} from './press-products.ts';
import { countImages, countRecord, toRecord } from './product-record.ts';
import { hasEnded, hasResult, type Request } from './request.ts';
import { ProcessStuck, RetryLater } from './retry-later.ts';
import { promiseSweep } from './sweep-images.ts';
import { settleProducts, type PagePlace, type SettleDeps } from './settle-products.ts';

export type PageDeps = SettleDeps &
  PressDeps & {
    pagesQueue: Pick<Queue<PageMessage>, 'send'>;
    /** Pauses before the second, third, … try of a page's images, in seconds; behind the last one failures are final. */
    retrySeconds: readonly number[];
    /** May be some seconds old, but never from before the run had begun. */
    findRequest: (run: Run) => Promise<Request | undefined>;
  };

/**
 * Fetches, compresses and stores the images of a page, and settles each product all of whose images have ended. What may
 * succeed later is kept as a draft and asks for the page again (RetryLater), so nothing is fetched twice. A page with more
 * work than there is time for is passed on as often as it takes: only a delivery in which no image ended is a try.
 */
export async function compressPage(message: PageMessage, delivery: PageDelivery, deps: PageDeps): Promise<void> {
  const request = await deps.findRequest(message);
  if (request?.generation !== message.generation || hasResult(request)) return;
  if (hasEnded(request) || request.cancelledAt !== undefined) {
    await endPage({ message, request, code: 'cancelled' }, deps);
    if (delivery.attempt > 1 || message.again) await sweepBehind(message, request, deps);
  } else {
    await pressPage({ message, request, delivery }, deps);
  }
}

type PageWork = { message: PageMessage; request: Request; delivery: PageDelivery };

async function pressPage({ message, request, delivery }: PageWork, deps: PageDeps): Promise<void> {
  const tried = triedBefore(message, delivery);
  const work = { request, delivery, isLastTry: tried >= deps.retrySeconds.length };
  const place = placeOf(message, request);
  const settle = (some: readonly ProductRun[]) => settleProducts(place, endingsOf(message.requestId, some), deps);
  const save = (some: readonly ProductRun[], returned?: number) =>
    deps.pages.saveDrafts(message, message.page, { drafts: draftsOf(some), returned, expiresAt: place.expiresAt });

  const isFirst = delivery.attempt === 1 && !message.again;
  const { products, returned } = isFirst ? freshPage(message) : await openPage({ message, request }, deps.pages);
  // A delivery that did not give the page back in order has died over it, or left an image behind.
  const hasDied = delivery.attempt > 1 && returned !== delivery.attempt - 1;
  // Passed on, a page begins anew, but what nobody came back from is as dangerous as before.
  const isDangerous = products.some(({ tries }) => tries.some((times) => times > 0));
  const runs =
    hasDied || isDangerous
      ? await pressOneByOne(products, work, { ...deps, settle, keep: (run) => save([run]) })
      : await pressTogether(products, work, deps);

  const page = await settle(runs);
  const unfinished = runs.filter((run) => isStuck(run) || !isOver(run, page));
  if (unfinished.length === 0) return;
  const gotOn = openImages(runs) < openImages(products);
  await giveBack({ message, unfinished, tried }, { delivery, gotOn, save }, deps);
}

type Remainder = { message: PageMessage; unfinished: readonly ProductRun[]; tried: number };
type Delivered = {
  delivery: PageDelivery;
  /** Some of its images have ended. */
  gotOn: boolean;
  save: (some: readonly ProductRun[], returned?: number) => Promise<void>;
};

/** Keeps what is known of what is open, and has it worked on later. Throws what sends the message back. */
async function giveBack(remainder: Remainder, { delivery, gotOn, save }: Delivered, deps: PageDeps): Promise<void> {
  const { message, unfinished, tried } = remainder;
  const known = unfinished.filter((run) => draftOf(run).some((slot) => slot !== null));
  if (unfinished.some(isStuck)) {
    if (known.length > 0) await save(known);
    throw new ProcessStuck(deps.retrySeconds[tried] ?? 0, `an image on ${placeName(message)} never came back`);
  }
  if (gotOn && isOutOfTime(remainder, delivery)) {
    await save(known, 0);
    await passOn(remainder, deps);
  } else {
    await save(known, delivery.attempt);
    throw reasonToReturn(remainder, delivery, deps);
  }
}

/** A message of its own, for a delivery of this one can't be given back: the queue counts them all. */
const passOn = ({ message, unfinished, tried }: Remainder, deps: PageDeps): Promise<void> =>
  deps.pagesQueue.send(
    { ...message, again: true, ...(tried > 0 && { tried }) },
    { delaySeconds: Math.min(pauseOf({ message, unfinished, tried }, deps), DELAY_MOST_SECONDS) },
  );

const triedBefore = ({ tried = 0 }: PageMessage, { attempt }: PageDelivery): number => tried + attempt - 1;

const openImages = (products: readonly OpenProduct[]): number =>
  products.flatMap(({ images }) => images).filter((image) => image === null).length;

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

/** A delivery that died before may have left an image that nobody names, and its run's sweep may have been here already. */
export async function sweepBehind(run: Run, request: Request, { finishQueue }: SettleDeps): Promise<void> {
  if (hasEnded(request)) await promiseSweep(run, finishQueue);
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

const troublesOf = ({ unfinished }: Remainder): unknown[] => unfinished.flatMap((run) => run.troubles);

/** Trouble of our own: S3, DynamoDB, a bug. */
const ownTrouble = (remainder: Remainder, { signal }: PageDelivery): unknown =>
  troublesOf(remainder).find((trouble) => !(trouble instanceof ImageError) && trouble !== signal.reason);

/** What is open was not come to in time; images may have failed besides. */
const isOutOfTime = (remainder: Remainder, delivery: PageDelivery): boolean =>
  troublesOf(remainder).includes(delivery.signal.reason) && ownTrouble(remainder, delivery) === undefined;

function reasonToReturn(remainder: Remainder, delivery: PageDelivery, deps: PageDeps): unknown {
  const own = ownTrouble(remainder, delivery);
  if (own !== undefined) return own;
  const seconds = pauseOf(remainder, deps);
  const about = `open images on ${placeName(remainder.message)}: ${troublesOf(remainder).length}`;
  return new RetryLater(seconds, `${about}; tried again in ${seconds} s`);
}

/** Until images that have failed are tried again, in seconds; none where time was all that was wanting. */
function pauseOf(remainder: Remainder, { retrySeconds }: PageDeps): number {
  const failures = troublesOf(remainder).filter((trouble) => trouble instanceof ImageError);
  if (failures.length === 0) return 0;
  const asked = Math.max(...failures.map(({ retryAfterMs = 0 }) => retryAfterMs / 1000));
  return Math.ceil(Math.max(retrySeconds[remainder.tried] ?? 0, Math.min(asked, PAUSE_MOST_SECONDS)));
}

const placeName = ({ requestId, page }: PageMessage): string => `page ${page} of ${requestId}`;

const PAUSE_MOST_SECONDS = 900;
/** SQS' limit. */
const DELAY_MOST_SECONDS = 900;

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
