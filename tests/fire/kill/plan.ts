import { pageCutter } from '../../../lib/requests/paging.ts';
import type { Random } from '../../fakes/seeded-random.ts';
import { csvOf } from '../../support/csv.ts';
import { SCALE } from '../worker/scale.ts';

/** `flaky` images come after some refusals; `mended` ones are missing until the site has mended them. */
export type ImageKind = 'ok' | 'flaky' | 'missing' | 'mended' | 'forbidden';

export type PlannedImage = { kind: ImageKind; url: string };

/** The CSV of a case; a product without images is a row that fails. */
export type CasePlan = { fileName: string; products: PlannedImage[][]; csv: string };

/** How often a run comes by at least, at what can be counted before it begins. */
export type Times = Record<
  'images' | 'stored' | 'drafts' | 'putBack' | 'pages' | 'batches' | 'groups' | 'results' | 'attempts',
  number
>;

/** The first products make sure that every kind of thing happens. */
const FIRST: ImageKind[][] = [['ok', 'flaky'], ['ok', 'mended'], ['missing']];
const KINDS: ImageKind[] = ['ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'flaky', 'missing', 'mended', 'forbidden'];

export function planCase(random: Random, { fileName, siteUrl }: { fileName: string; siteUrl: string }): CasePlan {
  const products = Array.from({ length: random.whole(3, 9) }, (_, product) => {
    const kinds = FIRST[product] ?? Array.from({ length: random.whole(0, 3) }, () => random.pick(KINDS));
    return kinds.map((kind, at): PlannedImage => {
      return { kind, url: `${siteUrl}/${fileName}/${kind}/${product}-${at}-${random.whole(8, 40)}.jpg` };
    });
  });
  const csv = csvOf(products.map((images) => ({ urls: images.map(({ url }) => url) })));
  return { fileName, products, csv };
}

/** What becomes of an image: `ok`, or the code of its failure. */
export function outcomeOf(kind: ImageKind, { mended }: { mended: boolean }): 'ok' | 'not_found' | 'forbidden' {
  if (kind === 'forbidden') return 'forbidden';
  return kind === 'missing' || (kind === 'mended' && !mended) ? 'not_found' : 'ok';
}

/** The failures that a retry tries again; undefined means all. */
export type Codes = readonly string[] | undefined;

export const isTriedAgain = ({ kind }: PlannedImage, codes: Codes): boolean => {
  const before = outcomeOf(kind, { mended: false });
  return before !== 'ok' && (codes === undefined || codes.includes(before));
};

export const timesOfFirstRun = ({ products }: CasePlan): Times => ({
  ...timesOf(cutPages(products)),
  groups: Math.ceil(cutPages(products).length / SCALE.pagesPerGroup),
});

/** Only pages with images that are tried again, and of these only the products that have some. */
export function timesOfRetry({ products }: CasePlan, codes: Codes): Times {
  const again = (image: PlannedImage) => isTriedAgain(image, codes);
  const pages = cutPages(products).map((page) => page.filter((images) => images.some(again)));
  const groups = new Set(pages.flatMap((page, at) => (page.length > 0 ? [Math.floor(at / SCALE.pagesPerGroup)] : [])));
  const tried = pages.filter((page) => page.length > 0).map((page) => page.map((images) => images.filter(again)));
  return {
    ...timesOf(tried),
    groups: groups.size,
    stored: tried.flat(2).filter(({ kind }) => kind === 'mended').length,
  };
}

function timesOf(pages: PlannedImage[][][]): Omit<Times, 'groups'> {
  const images = pages.flat(2);
  const hasFlaky = (some: PlannedImage[]) => some.some(({ kind }) => kind === 'flaky');
  const isKeptInPart = (own: PlannedImage[]) => hasFlaky(own) && own.some(({ kind }) => kind !== 'flaky');
  return {
    images: images.length,
    stored: images.filter(({ kind }) => outcomeOf(kind, { mended: false }) === 'ok').length,
    drafts: pages.filter((page) => page.some(isKeptInPart)).length,
    putBack: pages.filter((page) => hasFlaky(page.flat())).length,
    pages: pages.length,
    batches: Math.ceil(pages.length / SCALE.messagesPerBatch),
    results: 2,
    attempts: 2,
  };
}

/** As the product does it, scaled down. */
function cutPages(products: PlannedImage[][]): PlannedImage[][][] {
  const perPage = (count: number) => Math.max(1, Math.ceil(count / SCALE.pagesWanted));
  const plan = { productsPerPage: perPage(products.length), imagesPerPage: perPage(products.flat().length) };
  const begins = pageCutter(plan);
  const pages: PlannedImage[][][] = [];
  for (const images of products) {
    if (begins({ images: images.length, bytes: 0 })) pages.push([]);
    pages.at(-1)?.push(images);
  }
  return pages;
}
