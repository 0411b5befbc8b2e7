import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { freePort } from '../infra/local/ports.ts';
import { allCompressed } from './all-compressed.ts';
import type { Cost } from './timed.ts';

const POLL_MS = 200;
const Accepted = z.object({ statusUrl: z.url() });
const Status = z.object({
  status: z.string(),
  finishedAt: z.iso.datetime().nullable(),
  failures: z.record(z.string(), z.number()),
});

export type Whole = AsyncDisposable & {
  /** From the upload to the end of its request. */
  run: (csv: string, effort: string) => Promise<Cost>;
};

/** Rowpress as `npm start` runs it, on ports and data of its own. */
export async function startWhole(scratch: string): Promise<Whole> {
  const [apiPort, stackPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, [join(import.meta.dirname, '../infra/local/start.ts')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ROWPRESS_API_PORT: String(apiPort),
      ROWPRESS_STACK_PORT: String(stackPort),
      ROWPRESS_DATA_DIR: mkdtempSync(join(scratch, 'whole-')),
      SAMPLE_HOST: 'off',
      AWS_ENDPOINT_URL: '',
      LOG_LEVEL: 'ERROR',
    },
  });
  const ended = once(child, 'exit');
  child.stderr.pipe(process.stderr);
  for await (const line of createInterface({ input: child.stdout })) if (line === 'Rowpress is ready.') break;
  child.stdout.resume();

  if (child.exitCode !== null) throw new Error('Rowpress did not start');
  return {
    run: (csv, effort) => run(`http://127.0.0.1:${apiPort}/api/upload?fileName=bench.csv&effort=${effort}`, csv),
    async [Symbol.asyncDispose]() {
      // esbuild's service complains when the framework leaves it.
      child.stderr.unpipe().resume();
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function run(url: string, csv: string): Promise<Cost> {
  const start = Date.now();
  const body = await readFile(csv, 'utf8');
  const upload = await fetch(url, { method: 'POST', headers: { 'content-type': 'text/csv' }, body });
  const { statusUrl } = Accepted.parse(await upload.json());
  for (;;) {
    const status = Status.parse(await (await fetch(statusUrl)).json());
    if (status.finishedAt !== null) {
      allCompressed(status);
      return { seconds: (Date.parse(status.finishedAt) - start) / 1000 };
    }
    await wait(POLL_MS);
  }
}
