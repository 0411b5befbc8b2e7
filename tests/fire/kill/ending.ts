import type { StatusView } from '../../../lib/requests/views.ts';

/** How a request must have ended. */
export type Ending = {
  /** How many runs there were. */
  generation: number;
  cancelled: boolean;
  /** Whether missing images were mended before the last run. */
  mended: boolean;
  redelivered: boolean;
};

/** How the images of each product ended: `ok` or a code. */
export type Outcomes = string[][];

export type Ended = { status: StatusView; outcomes: Outcomes; ending: Ending };

/** Of a product by its images' outcomes. */
export function statusOfProduct(outcomes: readonly string[]): 'COMPLETED' | 'PARTIAL' | 'FAILED' | 'CANCELLED' {
  const failures = outcomes.filter((outcome) => outcome !== 'ok');
  if (outcomes.length === 0) return 'FAILED';
  if (failures.length === 0) return 'COMPLETED';
  if (failures.length < outcomes.length) return 'PARTIAL';
  return failures.every((code) => code === 'cancelled') ? 'CANCELLED' : 'FAILED';
}
