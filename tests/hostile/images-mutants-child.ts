import { writeSync } from 'node:fs';
import { mutant } from './images-mutate.ts';
import { faultsOf, outcomeOf, OUTPUT_FORMATS } from './images-outcome.ts';
import { EVERY_KIND } from './images-sources.ts';

/*
 * Tries mutants `from` to `to` of a seed. Each is named before it is tried, so that whoever reads along knows which one a
 * crash belongs to: `> 17`, then `< 17 corrupt_image 3` (milliseconds), or `! 17 what is wrong`; at last `= peak` in MB.
 */
const [seed = 0, from = 0, to = 0] = process.argv.slice(2).map(Number);
const say = (line: string) => writeSync(1, `${line.replaceAll('\n', ' ')}\n`);

/** Fewer than a Lambda allows, because a mutant that claims to be large takes its time. */
const MAX_PIXELS = 2_000_000;

const sources = await Promise.all(Object.values(EVERY_KIND).map((make) => make()));

for (let index = from; index < to; index++) {
  say(`> ${index}`);
  const { bytes, random } = mutant(sources, seed, index);
  const start = performance.now();
  try {
    const { ending, output } = await outcomeOf(bytes, { format: random.pick(OUTPUT_FORMATS) }, MAX_PIXELS);
    const took = Math.round(performance.now() - start);
    const faults = output ? await faultsOf(output) : [];
    say(faults.length > 0 ? `! ${index} ${faults.join('; ')}` : `< ${index} ${ending} ${took}`);
  } catch (error) {
    say(`! ${index} ${String(error)}`);
  }
}
say(`= ${Math.round(process.resourceUsage().maxRSS / 1024)}`);
