import type { Product, RequestView } from '../../api/types.ts';

/** `status`: how the products that pass have ended; null lets all pass. */
export type ProductFilter = {
  label: string;
  status: Product['status'] | null;
  countOf: (products: RequestView['products']) => number;
};

export const ALL: ProductFilter = { label: 'All', status: null, countOf: ({ total, pending }) => total - pending };

export const FILTERS: ProductFilter[] = [
  ALL,
  { label: 'Done', status: 'COMPLETED', countOf: ({ completed }) => completed },
  { label: 'Partly done', status: 'PARTIAL', countOf: ({ partial }) => partial },
  { label: 'Failed', status: 'FAILED', countOf: ({ failed }) => failed },
  { label: 'Cancelled', status: 'CANCELLED', countOf: ({ cancelled }) => cancelled },
];
