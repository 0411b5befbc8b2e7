import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { faultsOf, outcomeOf } from './images-outcome.ts';

/*
 * node tests/hostile/run-corpus.ts FOLDER [OPTION=VALUE…]: every file of a folder as an image, and how it ends, one line
 * each; then the sums. Ends with 1 where an output is faulty or something else than an ImageError is thrown.
 */
const [folder, ...settings] = process.argv.slice(2);
if (!folder) throw new Error('Which folder?');
const options: Record<string, string> = Object.fromEntries(
  settings.map((setting): [string, string] => {
    const [option = '', value = ''] = setting.split('=');
    return [option, value];
  }),
);

const sums = new Map<string, number>();
const count = (ending: string) => sums.set(ending, (sums.get(ending) ?? 0) + 1);

async function tryFile(path: string): Promise<string> {
  const input = await readFile(path);
  try {
    const { ending, output } = await outcomeOf(input, options);
    if (!output) {
      count(ending);
      return ending;
    }
    const faults = await faultsOf(output);
    count(faults.length > 0 ? 'faulty' : ending);
    const { format, width, height, bytes, warnings } = output;
    return [`${format} ${width} x ${height}, ${input.length} to ${bytes.length} bytes`, ...warnings, ...faults].join(
      ', ',
    );
  } catch (error) {
    count('thrown');
    return `thrown: ${String(error)}`;
  }
}

for (const name of (await readdir(folder, { recursive: true })).toSorted()) {
  const path = join(folder, name);
  if (!(await stat(path)).isFile()) continue;
  const start = performance.now();
  const ending = await tryFile(path);
  console.log(`${relative(folder, path)}: ${ending} (${Math.round(performance.now() - start)} ms)`);
}
console.log(Object.fromEntries(sums));
if (sums.has('faulty') || sums.has('thrown')) process.exitCode = 1;
