import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchCalls } from './calls.ts';
import { benchCompress } from './compress.ts';
import { benchFinish } from './finish.ts';
import { benchIngest } from './ingest.ts';
import { readOptions } from './options.ts';

const PARTS = { compress: benchCompress, calls: benchCalls, ingest: benchIngest, finish: benchFinish };
const isPart = (name: string): name is keyof typeof PARTS => Object.hasOwn(PARTS, name);

const options = readOptions();
const parts = options.only?.split(',') ?? Object.keys(PARTS);
if (!parts.every(isPart)) throw new Error(`--only takes some of ${Object.keys(PARTS).join()}`);

const load = (loadavg()[0] ?? 0).toFixed(1);
console.log(`Node ${process.version}, ${availableParallelism()} cores, ${load} of them busy in the minute before`);
const scratch = mkdtempSync(join(tmpdir(), 'rowpress-bench-'));
try {
  for (const part of parts) console.log(`\n${await PARTS[part]({ ...options, scratch })}`);
} finally {
  rmSync(scratch, { recursive: true });
}
