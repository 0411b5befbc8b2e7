import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { answersLikeRowpress } from './rowpress-api.ts';
import { until } from './until.ts';

const START = join(import.meta.dirname, '../../infra/local/start.ts');
const READY_SECONDS = 180;
/** `npm start` gives invocations that are under way 8 s to end. */
const STOP_MS = 20_000;

export type RowpressProcess = {
  /** Of the process and of its group. */
  pid: number;
  /** Ends it as Ctrl-C does; throws when something of it still ran after 20 s, which is then killed. */
  stop(): Promise<void>;
  /** Ends all of it at once, as a power cut does. */
  kill(): Promise<void>;
};

export type StartOptions = {
  apiUrl: string;
  env: NodeJS.ProcessEnv;
  /** Takes what it prints, appended. */
  logFile: string;
  signal?: AbortSignal | undefined;
};

/** Starts `npm start` as a process group of its own; resolves when its API answers. It never outlives this process. */
export async function startRowpress({ apiUrl, env, logFile, signal }: StartOptions): Promise<RowpressProcess> {
  const { rowpress, ended } = spawnGroup(env, logFile);
  const patience = { seconds: READY_SECONDS, signal: signal ? AbortSignal.any([ended, signal]) : ended };
  try {
    await until('the API answered', async () => ((await answersLikeRowpress(apiUrl)) ? true : undefined), patience);
    return rowpress;
  } catch (error) {
    await rowpress.kill();
    throw error;
  }
}

function spawnGroup(env: NodeJS.ProcessEnv, logFile: string): { rowpress: RowpressProcess; ended: AbortSignal } {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile, { flags: 'a' });
  // A file that is saved meanwhile must not change what is shown or tested.
  const fixed = { ...env, ROWPRESS_RELOAD: 'off' };
  const child = spawn(process.execPath, [START], { env: fixed, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const killGroup = () => killAll(child.pid);
  process.once('exit', killGroup);

  const end = new AbortController();
  // All that it starts writes to its stderr: closed means that none of it runs any more.
  const closed = once(child, 'close').then(() => {
    process.off('exit', killGroup);
    log.end();
    end.abort(new Error(`npm start ended by itself; see ${logFile}`));
  });
  const rowpress: RowpressProcess = {
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM');
      const stopped = await Promise.race([closed.then(() => true), wait(STOP_MS, false, { ref: false })]);
      if (stopped) return;
      killGroup();
      await closed;
      throw new Error(`npm start did not end within ${STOP_MS / 1000} s, or left a process behind; see ${logFile}`);
    },
    async kill() {
      killGroup();
      await closed;
    },
  };
  return { rowpress, ended: end.signal };
}

function killAll(group: number | undefined): void {
  if (group === undefined) return;
  try {
    process.kill(-group, 'SIGKILL');
  } catch (error) {
    // All of it has ended already.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
