import { long } from '../hostile/hostile-class.ts';

/** Of the suites that try many seeds: from 1 in every short run, from a new one in each long run. */
export const firstSeed = Number(process.env.FIRE_SEED ?? (long ? Date.now() % 1_000_000 : 1));

/** How many seeds a suite tries; `FIRE_SEEDS` overrules both. */
export const seedCount = (counts: { short: number; long: number }): number =>
  Number(process.env.FIRE_SEEDS ?? (long ? counts.long : counts.short));

/** Runs each seed; a failure says how it is repeated. */
export async function forEachSeed(count: number, run: (seed: number) => Promise<void>): Promise<void> {
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    try {
      await run(seed);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`FIRE_SEED=${seed} FIRE_SEEDS=1 repeats it: ${reason}`, { cause: error });
    }
  }
}

/** Adds up counts by their names. */
export function addUp(totals: Map<string, number>, counts: Iterable<readonly [string, number]>): void {
  for (const [name, count] of counts) totals.set(name, (totals.get(name) ?? 0) + count);
}
