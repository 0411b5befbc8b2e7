/**
 * A moment in the life of the worker: before or after a call to AWS took effect. `by` is the function that makes it, or
 * the poller of a queue; `does` is what `describeCall` makes of it; `writes` names one of the clauses of an update.
 */
export type Moment = { when: 'before' | 'after'; by: string; does: string; writes?: string };

/** Die at a moment or wait there until told to go on, at its first occurrence, its second, …; or hang there whenever. */
export type Order = { order: 'die' | 'wait' | 'hang'; moment: Moment; occurrence: number };

export type ToWorker =
  | { kind: 'go' }
  | { kind: 'orders'; orders: Order[] }
  | { kind: 'release' }
  | { kind: 'keep compiled code' }
  | { kind: 'call'; id: number; functionName: string; event: unknown };

export type Answer = { kind: 'answer'; id: number; answer?: unknown; error?: string };
export type FromWorker = { kind: 'ready' } | Answer;

/** What a dying worker says goes through a pipe of its own: it is written before the call returns, which no message is. */
export const LAST_WORDS_FD = 4;
export type LastWords = { moment: Moment; occurrence: number };
