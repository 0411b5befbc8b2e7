import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { seed } from './hostile-class.ts';
import { mutants } from './images.cases.ts';

const MAX_SECONDS = 5;
const MAX_MEGABYTES = 600;
const CHILD = `${import.meta.dirname}/images-mutants-child.ts`;

type Report = { tried: number; endings: Map<string, number>; problems: string[]; megabytes: number };

/** Reads what a child says from mutant `from` on; gives the one it crashed at, or undefined when it came to its end. */
async function follow(from: number, report: Report): Promise<number | undefined> {
  const child = spawn(process.execPath, [CHILD, seed, from, mutants.cases].map(String), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = new Promise<string>((resolve) => child.on('exit', (code, signal) => resolve(signal ?? `code ${code}`)));
  let at = from;
  let ended = false;
  for await (const line of createInterface(child.stdout)) {
    const [kind, first = '', ...rest] = line.split(' ');
    if (kind === '>') at = Number(first);
    if (kind === '=') {
      report.megabytes = Math.max(report.megabytes, Number(first));
      ended = true;
    }
    if (kind === '!') report.problems.push(`mutant ${first}: ${rest.join(' ')}`);
    if (kind === '<') settle(first, rest, report);
    if (kind === '!' || kind === '<') report.tried += 1;
  }
  const how = await exit;
  if (ended) return undefined;
  report.problems.push(`mutant ${at}: the process ended by ${how}`);
  report.tried += 1;
  return at;
}

function settle(index: string, [ending = '', took = '']: string[], { endings, problems }: Report): void {
  endings.set(ending, (endings.get(ending) ?? 0) + 1);
  if (Number(took) > MAX_SECONDS * 1000) problems.push(`mutant ${index}: ${ending} after ${took} ms`);
}

it(`no mutant of ${mutants.cases} crashes, hangs or ends as half an image (seed ${seed})`, async () => {
  const report: Report = { tried: 0, endings: new Map(), problems: [], megabytes: 0 };
  let from: number | undefined = 0;
  while (from !== undefined && from < mutants.cases) {
    const crashed = await follow(from, report);
    from = crashed === undefined ? undefined : crashed + 1;
  }
  console.log(`seed ${seed}: ${JSON.stringify(Object.fromEntries(report.endings))}, ${report.megabytes} MB`);
  expect(report.problems, `seed ${seed}`).toEqual([]);
  expect(report.tried).toBe(mutants.cases);
  expect(report.megabytes).toBeLessThan(MAX_MEGABYTES);
  expect(report.endings.get('image') ?? 0, 'some live on').toBeGreaterThan(mutants.cases / 100);
});
