import { expect } from 'vitest';
import { countsOf, sumCounts } from '../../../lib/requests/counts.ts';
import { countRecord, failed, type ProductRecord } from '../../../lib/requests/product-record.ts';
import type { Case } from './case.ts';
import type { Ending, Outcomes } from './ending.ts';
import { isTriedAgain, outcomeOf, timesOfFirstRun, timesOfRetry, type PlannedImage } from './plan.ts';
import { itemsOf, recordsIn, type Item } from './table.ts';

/**
 * Every product is settled in one page of a run, every page is counted in its group and every group in the request, and
 * what they count is what their records add up to. Gives how the images have ended, which is how they should.
 */
export async function checkSettled(one: Case, request: Item, ending: Ending): Promise<Outcomes> {
  const { products } = one.plan;
  const first = timesOfFirstRun(one.plan);
  const requestId = String(request.requestId);
  const { pages, groups } = await itemsOf(one.lane, { requestId, groups: first.groups });
  const runs = Array.from({ length: ending.generation }, (_, at) => at + 1);
  const merged = new Map<number, ProductRecord>();
  for (const run of runs) {
    const own = pages.filter((page) => page.generation === run);
    const records = own.flatMap(recordsIn);
    expect(new Set(records.map(([index]) => index)).size, 'a product is settled once a run').toBe(records.length);
    for (const [index, record] of records) merged.set(index, record);
    const ownGroups = groups.filter((group) => group.generation === run);
    expect(totals(ownGroups), 'groups count what their pages count').toEqual(totals(own));
    if (run === 1) expect(totals(own)).toEqual(sumCounts(records.map(([, record]) => countRecord(record))));
    expect(members(ownGroups, 'fullPages')).toEqual(own.map(({ page }) => page).sort(byNumber));
    expect(own).toHaveLength(run === 1 ? first.pages : timesOfRetry(one.plan, one.codes).pages);
    if (run === ending.generation) expect(members([request], 'fullGroups')).toHaveLength(ownGroups.length);
  }
  expect(pages.every(({ generation }) => runs.includes(Number(generation)))).toBe(true);
  expect(
    pages.flatMap((page) => Object.keys(page).filter((name) => /^d\d+$/.test(name))),
    'drafts',
  ).toEqual([]);

  expect([...merged.keys()].sort(byNumber)).toEqual(products.map((_, index) => index));
  expect(totals([request]), 'the request counts what a recount gives').toEqual(
    sumCounts([...merged.values()].map(countRecord)),
  );
  return checkOutcomes(one, merged, ending);
}

const totals = (items: readonly Item[]) => sumCounts(items.map(countsOf));

const byNumber = (a: unknown, b: unknown) => Number(a) - Number(b);

const members = (items: readonly Item[], name: string): unknown[] =>
  items.flatMap((item) => [...(item[name] as Set<number>)]).sort(byNumber);

/** Each image ended as its kind must; or as cancelled, where that is possible. */
function checkOutcomes({ plan, codes }: Case, records: Map<number, ProductRecord>, ending: Ending): Outcomes {
  return plan.products.map((images, product) => {
    const record = records.get(product);
    expect(record?.input_urls).toEqual(images.map(({ url }) => url));
    const outcomes = (record?.images ?? []).map((image) => (failed(image) ? image.code : 'ok'));
    for (const [at, image] of images.entries()) {
      const deserved = outcomeOf(image.kind, { mended: ending.mended && isTriedAgain(image, codes) });
      expect(ending.cancelled ? ['cancelled', deserved] : [deserved], image.url).toContain(outcomes[at]);
      if (outcomes[at] === 'ok') expect(record?.images[at]).toMatchObject({ width: widthOf(image) });
    }
    return outcomes;
  });
}

/** The site paints each image as wide as its address says: what came of one is not another's. */
const widthOf = ({ url }: PlannedImage) => Number(/(\d+)\.jpg$/.exec(url)?.[1]);
