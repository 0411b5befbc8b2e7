import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { accepted, completedWithErrors, processing, REQUEST_ID } from './testing/example-answers.ts';
import { startFakeServer, type FakeServer } from './testing/fake-server.ts';

const STATUS = `GET /api/status/${REQUEST_ID}`;

let server: FakeServer;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rowpress-'));
  await writeFile(join(folder, 'products.csv'), 'sku,name,images\n');
  server = await startFakeServer({
    'POST /api/upload': { status: 202, json: accepted },
    [STATUS]: { json: processing },
    [`GET /api/export/${REQUEST_ID}`]: { text: 'rows' },
  });
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** The program itself, its output in pipes. */
const start = () => {
  const program = join(import.meta.dirname, 'rowpress.ts');
  const child = spawn(process.execPath, [program, 'run', 'products.csv', '--endpoint', server.url], { cwd: folder });
  const ended = once(child, 'exit').then(([code]: unknown[]) => code);
  return { child, result: Promise.all([ended, text(child.stdout), text(child.stderr)]) };
};

describe('the rowpress program', () => {
  it('runs by itself and writes plain lines into pipes', async () => {
    server.route(STATUS, { json: processing }, { json: completedWithErrors });
    const [exitCode, stdout, stderr] = await start().result;
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Results      products.results.csv\nFailed rows  products.failed.csv\n');
    expect(stderr).toContain('50%  5/10 images');
    expect(stdout + stderr).not.toMatch(/(?!\n)\p{Cc}/u);
    expect(await readFile(join(folder, 'products.results.csv'), 'utf8')).toBe('rows');
  });

  it('tells on Ctrl-C how to take the request up again', async () => {
    const { child, result } = start();
    await vi.waitUntil(() => server.callsTo(STATUS).length > 0, { timeout: 10_000 });
    child.kill('SIGINT');
    const [exitCode, stdout, stderr] = await result;
    expect([exitCode, stdout]).toEqual([130, '']);
    expect(stderr).toContain(`rowpress status ${REQUEST_ID} --wait`);
  });
});
