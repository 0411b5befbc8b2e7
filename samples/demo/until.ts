import { setTimeout as wait } from 'node:timers/promises';

export type Patience = {
  seconds: number;
  everyMs?: number;
  /** Ends the waiting with its reason. */
  signal?: AbortSignal | undefined;
};

/** Asks again and again until the answer is something; throws when it is not within so many seconds. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  { seconds, everyMs = 100, signal }: Patience,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`Waited ${seconds} s in vain until ${what}.`);
    // Its own error would hide the signal's reason.
    await wait(everyMs, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
}
