import { sampleProducts } from '../catalogue.ts';
import type { Outcome } from '../kinds.ts';

export const isOutput = (outcome: Outcome): boolean => outcome === 'compressed' || outcome === 'kept_original';

/** What the sample comes to, as the catalogue tells it. */
export function expectedCounts() {
  const products = sampleProducts();
  const outcomes = products.flatMap(({ images }) => images.map(({ outcome }) => outcome));
  const failed = outcomes.filter((outcome) => !isOutput(outcome));
  const rowErrors = products.flatMap(({ images }) => (images.length === 0 ? ['no_images'] : []));
  return {
    products: products.length,
    images: outcomes.length,
    compressed: outcomes.length - failed.length,
    failed: failed.length,
    failures: countBy([...failed, ...rowErrors]),
  };
}

function countBy(codes: string[]): Record<string, number> {
  const groups = Object.entries(Object.groupBy(codes, (code) => code));
  return Object.fromEntries(groups.map(([code, all]) => [code, all?.length ?? 0]));
}
