import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  LAST_WORDS_FD,
  type Answer,
  type FromWorker,
  type LastWords,
  type Order,
  type ToWorker,
} from '../worker/protocol.ts';

const folder = join(import.meta.dirname, '../worker');

/** How a worker ended: by which signal, at which of its orders, and what it had logged. */
export type Death = { signal: NodeJS.Signals | null; lastWords: LastWords | undefined; log: string };

export class WorkerDied extends Error {
  override name = 'WorkerDied';
}

export type WorkerProcess = {
  /** It has imported everything and waits. */
  ready: Promise<unknown>;
  /** Begins to read its queues. */
  go(): void;
  give(orders: readonly Order[]): void;
  release(): void;
  /** What it has compiled is there for those that start later. */
  keepCompiledCode(): void;
  /** Calls a function as API Gateway does. Throws WorkerDied. */
  call(functionName: string, event: unknown): Promise<unknown>;
  kill(): void;
  died: Promise<Death>;
};

/** Starts a worker; `cacheDir` keeps compiled code from one to the next. */
export function forkWorker(environment: Record<string, string>, cacheDir: string): WorkerProcess {
  const child = fork(join(folder, 'main.ts'), {
    execArgv: ['--import', join(folder, 'scale-down.ts'), '--disable-warning=ExperimentalWarning'],
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: cacheDir, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
  });
  const ready = once(child, 'message');
  const died = deathOf(child);
  const open = new Map<number, (answer: Answer) => void>();
  child.on('message', (message: FromWorker) => {
    if (message.kind === 'answer') open.get(message.id)?.(message);
  });
  // A worker that dies before it has read a message takes the message with it.
  const tell = (message: ToWorker) => void child.send(message, () => undefined);
  const neverReady = async () => {
    throw new Error(`a worker could not start: ${(await died).log}`);
  };
  const diedIn = async (functionName: string) => {
    await died;
    throw new WorkerDied(`the worker died in ${functionName}`);
  };
  const started = Promise.race([ready, neverReady()]);
  // Nobody may be waiting for it yet, or ever.
  started.catch(() => undefined);
  let calls = 0;
  return {
    ready: started,
    go: () => tell({ kind: 'go' }),
    give: (orders) => tell({ kind: 'orders', orders: [...orders] }),
    release: () => tell({ kind: 'release' }),
    keepCompiledCode: () => tell({ kind: 'keep compiled code' }),
    async call(functionName, event) {
      const id = ++calls;
      const answered = new Promise<Answer>((resolve) => open.set(id, resolve));
      tell({ kind: 'call', id, functionName, event });
      const { answer, error } = await Promise.race([answered, diedIn(functionName)]);
      open.delete(id);
      if (error !== undefined) throw new Error(`${functionName}: ${error}`);
      return answer;
    },
    kill: () => void child.kill('SIGKILL'),
    died,
  };
}

async function deathOf(child: ChildProcess): Promise<Death> {
  const [words, out, errors] = [child.stdio[LAST_WORDS_FD], child.stdout, child.stderr].map((pipe) =>
    text(pipe as Readable),
  );
  const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  const said = (await words) ?? '';
  return {
    signal,
    lastWords: said === '' ? undefined : (JSON.parse(said) as LastWords),
    log: `${(await out) ?? ''}${(await errors) ?? ''}`,
  };
}
