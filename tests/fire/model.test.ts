import fc from 'fast-check';
import { expect, test } from 'vitest';
import { long } from '../hostile/hostile-class.ts';
import { stories } from './model/commands.ts';
import { checkEnding } from './model/ending.ts';
import { makeModel } from './model/expectations.ts';
import { firstSeed } from './seeds.ts';

/**
 * Any story of uploads, deliveries, duplicates, deaths, retries, cancellations, redeliveries, redrives and jumps of the
 * clock, against a small model of what must be true: after every step, and when all is quiet.
 *
 * A failure prints its seed and its paths: FIRE_SEED=<seed> FIRE_PATH=<path> FIRE_REPLAY=<replayPath> repeat it, and
 * FIRE_REPLAY=: what was found before it was made smaller.
 */
const RUNS = Number(process.env.FIRE_RUNS ?? (long ? 20_000 : 2_000));
const { FIRE_PATH: path, FIRE_REPLAY: replayPath } = process.env;

test(`stories keep to the model (${RUNS} of seed ${firstSeed})`, async () => {
  const seen = new Map<string, number>();
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  const property = fc.asyncProperty(stories(40, replayPath), async (story) => {
    const model = makeModel();
    await fc.asyncModelRun(() => ({ model, real: model }), story);
    await checkEnding(model);
    for (const { requestId } of model.requests()) for (const end of model.rules.endsOf(requestId)) count(end);
    if (model.system.processes.deaths() > 0) count('stories with deaths');
  });
  await fc.assert(property, {
    numRuns: RUNS,
    seed: firstSeed,
    ...(path !== undefined && { path }),
    endOnFailure: false,
  });
  const told = Object.fromEntries([...seen].sort(([a], [b]) => (a < b ? -1 : 1)));
  console.log(`model: ${RUNS} stories of seed ${firstSeed}, ends of runs: ${JSON.stringify(told)}`);
  if (RUNS < 2_000 || path !== undefined) return;
  for (const end of [
    '1 COMPLETED',
    '1 FAILED',
    '1 CANCELLED',
    '2 COMPLETED',
    '2 COMPLETED_WITH_ERRORS',
    '2 CANCELLED',
  ]) {
    expect(seen.get(end), end).toBeGreaterThan(0);
  }
});
