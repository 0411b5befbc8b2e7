import type { Random } from '../seeded-random.ts';

/** How badly messages are delivered, within what SQS and Lambda may do. Chances are from 0 to 1. */
export type Hostility = {
  /** Deliveries at work at once. */
  atOnce: number;
  /** Messages come in any order. */
  reorder: boolean;
  /** A message is held back for up to 15 minutes. */
  delay: number;
  /** A message is delivered once more as it was: with the same receipt, at any later time, after it was deleted too. */
  duplicate: number;
  /** A message whose work is done comes again. */
  dropDelete: number;
  /** At each step: the visibility of a message that is being worked on ends. */
  expire: number;
  /** An older receipt still deletes or hides its message. */
  honourStale: number;
};

/** One after another, each once. */
export const PEACEFUL: Hostility = {
  atOnce: 1,
  reorder: false,
  delay: 0,
  duplicate: 0,
  dropDelete: 0,
  expire: 0,
  honourStale: 0,
};

/** Only the order differs. */
export const shuffled = (random: Random): Hostility => ({ ...PEACEFUL, atOnce: random.whole(1, 4), reorder: true });

/** Everything at once, more or less of each. */
export const randomHostility = (random: Random): Hostility => ({
  atOnce: random.whole(1, 12),
  reorder: random.chance(0.8),
  delay: random.pick([0, 0.05, 0.2]),
  duplicate: random.pick([0, 0.1, 0.4]),
  dropDelete: random.pick([0, 0.1, 0.4]),
  expire: random.pick([0, 0.1, 0.4]),
  honourStale: random.pick([0, 0.5, 1]),
});
