import type { PageDelivery } from '../../lib/requests/press-products.ts';

const never = new AbortController().signal;

/** A delivery of a page that has all the time in the world, unless a signal of its own says otherwise. */
export const pageDelivery = (attempt = 1, ends: Partial<PageDelivery> = {}): PageDelivery => ({
  attempt,
  signal: never,
  overdue: never,
  ...ends,
});
