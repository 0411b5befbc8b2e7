import { afterAll, describe, expect, it } from 'vitest';
import { imageClasses } from './images.cases.ts';
import type { ImageCase } from './images-case.ts';
import { faultsOf, outcomeOf } from './images-outcome.ts';

const MAX_MEGABYTES = 1_000;

/** What is wrong with how it ended, in words; undefined when it is as it should be. */
async function problemOf({ name, bytes, options, look }: ImageCase, endings: string[], seconds: number) {
  const input = await bytes();
  const start = performance.now();
  const { ending, output } = await outcomeOf(input, options);
  const took = (performance.now() - start) / 1000;
  const faults = output ? [...(await faultsOf(output)), ...((await look?.(output)) ?? [])] : [];
  if (!endings.includes(ending)) faults.push(`ended as ${ending}`);
  if (took > seconds) faults.push(`took ${took.toFixed(1)} s`);
  return faults.length > 0 ? `${name}: ${faults.join('; ')}` : undefined;
}

describe.each(imageClasses)('$input', ({ list, endings, seconds, cases }) => {
  it(`ends as ${endings.join(' or ')}`, async () => {
    const problems = [];
    for (const one of list) problems.push(await problemOf(one, endings, seconds));
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
    expect(problems).toHaveLength(cases);
    expect(cases).toBeGreaterThan(0);
  });
});

afterAll(() => {
  const peak = process.resourceUsage().maxRSS / 1024;
  expect(peak, 'megabytes at the most').toBeLessThan(MAX_MEGABYTES);
});
