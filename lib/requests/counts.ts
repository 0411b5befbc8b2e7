/** What a page adds up, and then its group, and then its request. `error_<code>` counts one kind of failure. */
export type CountName =
  | 'productsCompleted'
  | 'productsPartial'
  | 'productsFailed'
  | 'productsCancelled'
  | 'imagesCompressed'
  | 'imagesFailed'
  | 'bytesIn'
  | 'bytesOut'
  | `error_${string}`;

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

const isCountName = (name: string): name is CountName => NAMES.has(name) || name.startsWith(ERROR_PREFIX);

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
