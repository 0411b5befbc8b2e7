/**
 * What a page adds up, and then its group, and then its request. `error_<code>` counts one kind of failure; images and
 * their bytes are also counted by the format that they have in the end.
 */
export type CountName =
  | 'productsCompleted'
  | 'productsPartial'
  | 'productsFailed'
  | 'productsCancelled'
  | 'imagesCompressed'
  | 'imagesFailed'
  | 'bytesIn'
  | 'bytesOut'
  | `error_${string}`
  | `${FormatCount}_${string}`;

type FormatCount = 'images' | 'bytesIn' | 'bytesOut';

export type Counts = Partial<Record<CountName, number>>;

const NAMES: ReadonlySet<string> = new Set([
  'productsCompleted',
  'productsPartial',
  'productsFailed',
  'productsCancelled',
  'imagesCompressed',
  'imagesFailed',
  'bytesIn',
  'bytesOut',
]);

const ERROR_PREFIX = 'error_';
const BY_KIND = /^(?:error|images|bytesIn|bytesOut)_/;

export const isCountName = (name: string): name is CountName => NAMES.has(name) || BY_KIND.test(name);

/** The counts among an item's attributes. */
export function countsOf(item: Record<string, unknown>): Counts {
  const counts: Counts = {};
  for (const [name, value] of Object.entries(item)) {
    if (isCountName(name) && typeof value === 'number') counts[name] = value;
  }
  return counts;
}

/** The sum of several counts; what is zero is left out, so that equal counts are deeply equal. */
export function sumCounts(all: Iterable<Counts>): Counts {
  const sum: Counts = {};
  for (const counts of all) {
    for (const [name, value = 0] of Object.entries(counts)) {
      if (isCountName(name) && value !== 0) sum[name] = (sum[name] ?? 0) + value;
    }
  }
  return sum;
}

/** What is left of counts when others are taken away. */
export const subtractCounts = (from: Counts, taken: Counts): Counts =>
  sumCounts([from, Object.fromEntries(Object.entries(taken).map(([name, value = 0]) => [name, -value]))]);

/** Products of any outcome. */
export const productsSettled = (counts: Counts): number =>
  (counts.productsCompleted ?? 0) +
  (counts.productsPartial ?? 0) +
  (counts.productsFailed ?? 0) +
  (counts.productsCancelled ?? 0);

/** How often each error code occurred. */
export function failuresByCode(counts: Counts): Record<string, number> {
  const failures = Object.entries(counts).filter(([name]) => name.startsWith(ERROR_PREFIX));
  return Object.fromEntries(failures.map(([name, value = 0]) => [name.slice(ERROR_PREFIX.length), value]));
}

export type FormatCounts = { images: number; bytesIn: number; bytesOut: number };

/** Images that have an output, by its format. */
export function countsByFormat(counts: Counts): Record<string, FormatCounts> {
  const formats = Object.keys(counts).flatMap((name) =>
    name.startsWith('images_') ? [name.slice('images_'.length)] : [],
  );
  const entries = formats.map((format): [string, FormatCounts] => [
    format,
    {
      images: counts[`images_${format}`] ?? 0,
      bytesIn: counts[`bytesIn_${format}`] ?? 0,
      bytesOut: counts[`bytesOut_${format}`] ?? 0,
    },
  ]);
  return Object.fromEntries(entries);
}
