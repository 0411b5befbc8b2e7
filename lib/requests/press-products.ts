import { ImageError } from '../images/image-error.ts';
import type { OpenProduct, Slots } from './open-products.ts';
import type { Draft } from './page-store.ts';
import { pressImage, toFailure, type PressDeps } from './press-image.ts';
import type { ImageOutcome } from './product-record.ts';
import type { Request } from './request.ts';

/**
 * This delivery of the page: which one it is, from 1, and how long it has. `signal` ends what can be ended, nothing begins
 * behind it; what has not come back by `overdue` never will.
 */
export type PageDelivery = { attempt: number; signal: AbortSignal; overdue: AbortSignal };

/** Of the last try failures are final, also those that another one might mend. */
export type PressWork = { request: Request; delivery: PageDelivery; isLastTry: boolean };

/** A product's images after this delivery; where one has not ended, a trouble says why. */
export type ProductRun = OpenProduct & { troubles: unknown[] };

/** What a delivery that is done carefully writes on its way. */
export type Notes = {
  settle: (runs: readonly ProductRun[]) => Promise<unknown>;
  keep: (run: ProductRun) => Promise<void>;
};

/** All images of all products at once: downloads wait for each other's encodes, not for each other. */
export const pressTogether = (
  products: readonly OpenProduct[],
  work: PressWork,
  deps: PressDeps,
): Promise<ProductRun[]> =>
  Promise.all(
    products.map(async (product) => {
      const run = toRun(product);
      const press = async (image: ImageOutcome | null, slot: number) =>
        image ?? (await pressSlot({ run, slot }, work, deps));
      return { ...run, images: await Promise.all(run.images.map(press)) };
    }),
  );

/**
 * One image after another, for a page whose last delivery died: before each one its try is written down, together with
 * what has ended so far, and each product is settled as soon as it can be. So an image that kills the process costs only
 * itself: the next delivery knows it, and begins with all others.
 */
export async function pressOneByOne(
  products: readonly OpenProduct[],
  work: PressWork,
  deps: PressDeps & Notes,
): Promise<ProductRun[]> {
  const runs = products.map(toRun);
  const ended = runs.filter(({ images }) => allEnded(images));
  if (ended.length > 0) await deps.settle(ended);
  const jobs = runs.flatMap(jobsOf).toSorted((one, other) => one.tries - other.tries);
  const isTimeUp = () => work.delivery.signal.aborted;
  for (const [at, { run, slot, tries }] of jobs.entries()) {
    if (isTimeUp()) {
      run.troubles.push(work.delivery.signal.reason);
      break;
    }
    run.tries[slot] = tries + 1;
    await deps.keep(run);
    run.images[slot] = await pressSlot({ run, slot }, work, deps);
    if (isStuck(run)) break;
    run.tries[slot] = tries;
    if (allEnded(run.images)) await deps.settle([run]);
    else if (jobs[at + 1]?.run !== run || isTimeUp()) await deps.keep(run);
  }
  return runs;
}

export const allEnded = (images: Slots): images is ImageOutcome[] => images.every((image) => image !== null);

/** One of its images did not come back, although it was told to. */
export const isStuck = ({ troubles }: ProductRun): boolean =>
  troubles.some((trouble) => trouble instanceof NeverCameBack);

/** What is to be kept of a product that is not settled. */
export const draftOf = ({ images, tries }: OpenProduct): Draft =>
  images.map((image, slot) => image ?? (tries[slot] === 0 ? null : (tries[slot] ?? null)));

type Job = { run: ProductRun; slot: number };

const toRun = (product: OpenProduct): ProductRun => ({
  ...product,
  images: [...product.images],
  tries: [...product.tries],
  troubles: [],
});

const jobsOf = (run: ProductRun): (Job & { tries: number })[] =>
  run.images.flatMap((image, slot) => (image === null ? [{ run, slot, tries: run.tries[slot] ?? 0 }] : []));

async function pressSlot({ run, slot }: Job, work: PressWork, deps: PressDeps): Promise<ImageOutcome | null> {
  const { signal, overdue } = work.delivery;
  const { index: productIndex, imageUrls } = run.product;
  const job = { request: work.request, productIndex, slot, url: imageUrls[slot] ?? '' };
  try {
    return await inTime(pressImage(job, signal, deps), overdue);
  } catch (error) {
    if (error instanceof ImageError && (work.isLastTry || !error.retryable)) return toFailure(error);
    run.troubles.push(error);
    return null;
  }
}

class NeverCameBack extends Error {
  override name = 'NeverCameBack';
}

/** Gives up waiting for what does not heed the signal: an encode can't be aborted. */
async function inTime<T>(work: Promise<T>, overdue: AbortSignal): Promise<T> {
  const late = Promise.withResolvers<never>();
  const giveUp = () => late.reject(new NeverCameBack('an image did not come back'));
  if (overdue.aborted) giveUp();
  else overdue.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    overdue.removeEventListener('abort', giveUp);
  }
}
