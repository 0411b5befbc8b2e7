import { AsyncLocalStorage } from 'node:async_hooks';
import type { Fault } from '../../fakes/memory-table.ts';
import { seededRandom, type Random } from '../../fakes/seeded-random.ts';

/** What goes wrong in a process: at its n-th call it dies, or that call alone fails; before its effect or after it. */
export type Trouble = { call: number; moment: 'before' | 'after'; deadly: boolean };

/** What a process works on, for those who watch it. */
export type Purpose = { name: string; requestId?: string; generation?: number; page?: number };

type Process = { purpose: Purpose; trouble: Trouble | undefined; calls: number; dead: boolean; random: Random };

export class Killed extends Error {
  override name = 'Killed';
}

export class CallFailed extends Error {
  override name = 'CallFailed';
}

export type Processes = ReturnType<typeof makeProcesses>;

/** Invocations of functions, each with a life of its own, although they share one thread and all stores. */
export function makeProcesses() {
  const current = new AsyncLocalStorage<Process>();
  let deaths = 0;

  /** To be awaited around every call of a store; a process that has died has no effect any more. */
  const fault: Fault = async (_call, moment) => {
    const process = current.getStore();
    if (!process) return;
    for (let turns = process.random.whole(0, 2); turns > 0; turns--) await Promise.resolve();
    if (process.dead) throw new Killed();
    if (moment === 'before') process.calls += 1;
    const { trouble, calls } = process;
    if (trouble?.call !== calls || trouble.moment !== moment) return;
    process.trouble = undefined;
    if (!trouble.deadly) throw new CallFailed();
    deaths += 1;
    process.dead = true;
    throw new Killed();
  };

  return {
    fault,
    /** Processes that have died so far. */
    deaths: () => deaths,
    purpose: (): Purpose | undefined => current.getStore()?.purpose,
    /** Turns of the event loop are taken as the seed says, so that the same seed is the same interleaving. */
    run: <T>(start: { purpose: Purpose; trouble?: Trouble | undefined; seed: number }, work: () => Promise<T>) => {
      const { purpose, trouble, seed } = start;
      return current.run({ purpose, trouble, calls: 0, dead: false, random: seededRandom(seed) }, work);
    },
  };
}
