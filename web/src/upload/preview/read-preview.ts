import type { Finding, Task } from './worker.ts';

type Told = (finding: Finding) => void;

const listeners = new Map<string, Told>();
let worker: Worker | undefined;

/** Reads a chosen file aside from the page; the returned function ends that. */
export function readPreview(id: string, file: File, told: Told): () => void {
  listeners.set(id, told);
  send({ id, file });
  return () => {
    listeners.delete(id);
    send({ drop: id });
  };
}

function send(task: Task): void {
  worker ??= startWorker();
  worker.postMessage(task);
}

function startWorker(): Worker {
  const started = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  started.addEventListener('message', ({ data }: MessageEvent<Finding>) => listeners.get(data.id)?.(data));
  return started;
}
