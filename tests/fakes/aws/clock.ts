import { vi } from 'vitest';

/** Time that stands still until it is told to go on. `Date` shows it, so all code of the process lives in it. */
export class VirtualClock {
  readonly #listeners = new Set<() => void>();
  #now = Date.UTC(2025, 9, 5, 18);

  constructor() {
    vi.setSystemTime(this.#now);
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#now;
  }

  /** A time that has passed changes nothing. */
  advanceTo(time: number): void {
    if (time <= this.#now) return;
    this.#now = time;
    vi.setSystemTime(time);
    for (const listener of this.#listeners) listener();
  }

  onAdvance(listener: () => void): void {
    this.#listeners.add(listener);
  }
}
