import type { Objects } from '../aws/objects.ts';
import type { Queue } from '../aws/queue.ts';
import { standingCounts } from './current-counts.ts';
import { imageFolder, imageObjects, readImageObject, type Run } from './keys.ts';
import type { FinishMessage } from './messages.ts';
import type { PageStore } from './page-store.ts';
import type { ProductRecord } from './product-record.ts';
import { hasEnded, type Request } from './request.ts';
import type { RequestStore } from './request-store.ts';

export type SweepDeps = { requests: RequestStore; images: Objects; pages: PageStore };

/** Longer than the function that compresses may run: whatever had begun before the request ended has ended by then. */
const AFTER_STARTED_WORK_SECONDS = 300;

/** Has the images of a run that has ended swept, once nobody is at work on it any more. */
export const promiseSweep = ({ requestId, generation }: Run, finishQueue: Queue<FinishMessage>): Promise<void> =>
  finishQueue.send({ requestId, generation, sweep: true }, { delaySeconds: AFTER_STARTED_WORK_SECONDS });

/**
 * Deletes images that no record names: of deliveries that died, or whose outcome came second. It never deletes too much: the
 * products of a run that has ended are settled for ever, their next run writes keys of its own, and what is not settled is
 * left alone. It leaves nothing: who comes to a run that has ended stores nothing.
 */
export async function sweepImages(run: Run, { requests, images, pages }: SweepDeps): Promise<void> {
  const request = await requests.get(run.requestId, { consistent: true });
  // A run that another one follows is swept behind that one.
  if (request?.generation !== run.generation || !hasEnded(request)) return;
  const named = standingCounts(request).imagesCompressed ?? 0;
  const stored = await countStored(request, named, images);
  // Whatever is named is there: only where there is more, something is left. That nearly never is.
  if (stored.total <= named) return;
  const { totals, voidRuns: without } = request;
  const range = { first: 0, groups: totals?.groups ?? 0, consistent: true, before: run.generation + 1, without };
  for await (const { products } of pages.from(run.requestId, range)) {
    const unnamed = [...products].flatMap(([index, record]) =>
      (stored.ofProduct[index] ?? 0) > countNamed(record) ? unnamedKeys(run, index, record) : [],
    );
    if (unnamed.length > 0) await images.delete(unnamed);
  }
}

const countNamed = ({ output_urls: urls }: ProductRecord) => urls.filter((url) => url !== '').length;

/** All keys that a product's images may have been stored under in the runs so far, without those that its record names. */
function unnamedKeys(
  { requestId, generation }: Run,
  productIndex: number,
  { output_urls: urls }: ProductRecord,
): string[] {
  const runs = Array.from({ length: generation }, (_, at) => ({ requestId, generation: at + 1 }));
  return urls.flatMap((url, slot) =>
    runs.flatMap((run) => imageObjects(run, { productIndex, slot })).filter((key) => !url.endsWith(`/${key}`)),
  );
}

/** From so many images on their keys are listed in ten parts at once, or a million of them would take minutes. */
const MANY = 10_000;
const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** How many images there are, of each product in two bytes, however many there are. */
async function countStored({ requestId, generation, totals }: Request, named: number, images: Objects) {
  const ofProduct = new Uint16Array(totals?.products ?? 0);
  let total = 0;
  const count = async (part: string) => {
    for await (const key of images.list(imageFolder(requestId) + part)) {
      const read = readImageObject(key);
      if (!read || read.generation > generation || read.productIndex >= ofProduct.length) continue;
      ofProduct[read.productIndex] = (ofProduct[read.productIndex] ?? 0) + 1;
      total += 1;
    }
  };
  await Promise.all((named < MANY ? [''] : DIGITS).map(count));
  return { total, ofProduct };
}
