import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Invocation, Outcome } from './function-process.ts';

export type Processes = ReturnType<typeof processesOf>;

type Options = {
  functionName: string;
  env: Record<string, string>;
  execArgv: readonly string[];
  /** The function's time; a process that is still at work then is killed. */
  seconds: number;
  /** So many are ready from the beginning. */
  atOnce: number;
};

/** `died` only ever rejects. */
type Process = { child: ChildProcess; died: Promise<never> };

/**
 * Runs a function as Lambda does: in a process that has one event at a time and is kept for the next one; in a new one
 * when it has died, or was killed because its time was over.
 */
export function processesOf({ functionName, env, execArgv, seconds, atOnce }: Options) {
  const idle: Process[] = [];
  const living = new Set<ChildProcess>();
  const deaths: string[] = [];

  async function start(): Promise<Process> {
    const child = fork(join(import.meta.dirname, 'function-process.ts'), [functionName], {
      env: { PATH: process.env.PATH, ...env },
      execArgv: [...execArgv, '--disable-warning=ExperimentalWarning'],
      // A process that runs out of memory says a lot.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    living.add(child);
    const died = deathOf(child);
    // It may die while nobody waits for it.
    died.catch(() => undefined);
    await Promise.race([once(child, 'message'), died]);
    return { child, died };
  }

  /** Has a process ready before it is needed, for a start can take as long as a message is hidden. */
  function prepare(): void {
    void start().then(
      (process) => idle.push(process),
      () => undefined,
    );
  }

  async function deathOf(child: ChildProcess): Promise<never> {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    if (living.delete(child)) {
      deaths.push(signal ?? `exit ${code ?? ''}`);
      prepare();
    }
    throw new Error(`the process of ${functionName} died`);
  }

  async function run(process: Process, event: unknown): Promise<unknown> {
    const { child, died } = process;
    const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
    try {
      const invocation: Invocation = { event, deadline: Date.now() + seconds * 1000 };
      child.send(invocation, () => undefined);
      const [outcome] = (await Promise.race([once(child, 'message'), died])) as [Outcome];
      idle.push(process);
      if (outcome.error !== undefined) throw new Error(outcome.error);
      return outcome.answer;
    } finally {
      clearTimeout(timer);
    }
  }

  for (let count = 0; count < atOnce; count++) prepare();

  return {
    /** By signal or exit code, in the order in which processes died. */
    deaths: deaths as readonly string[],

    invoke: async (event: unknown): Promise<unknown> => run(idle.pop() ?? (await start()), event),

    async close(): Promise<void> {
      const dying = [...living].map((child) => once(child, 'exit'));
      for (const child of living) child.kill('SIGKILL');
      living.clear();
      await Promise.all(dying);
    },
  };
}
