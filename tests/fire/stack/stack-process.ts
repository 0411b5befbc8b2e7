import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../infra/local/ports.ts';

/** The embedded stack in a process of its own, so that its memory is not taken for that of the functions. */
export async function startStackProcess() {
  const dataDir = await mkdtemp(join(tmpdir(), 'rowpress-fire-'));
  const port = await freePort();
  const child = fork(join(import.meta.dirname, '../../../infra/local/stack/main.ts'), {
    env: { PATH: process.env.PATH, ROWPRESS_STACK_PORT: String(port), ROWPRESS_DATA_DIR: dataDir },
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  await once(child, 'message');
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async stop(): Promise<void> {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
      await rm(dataDir, { recursive: true });
    },
  };
}
