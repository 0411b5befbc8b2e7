import { Semaphore } from 'async-mutex';

/** A share of a gate's bytes. */
export type Reservation = {
  /** Gives back all but `bytes` of it. */
  shrink: (bytes: number) => void;
  /** Gives it back; harmless when repeated. */
  release: () => void;
};

export type Reserve = (bytes: number) => Promise<Reservation>;

/** Counted in units this large, because async-mutex walks through all that are free each time one is given back. */
const UNIT_BYTES = 64 * 1024;

/** Bounds the bytes held at once: who asks waits, first come first served; asking for more than all means all. */
export function createByteGate(limit: number): Reserve {
  const units = Math.max(1, Math.floor(limit / UNIT_BYTES));
  const semaphore = new Semaphore(units);
  return async (bytes) => {
    let held = Math.min(Math.max(1, Math.ceil(bytes / UNIT_BYTES)), units);
    await semaphore.acquire(held);
    const keep = (kept: number) => {
      if (kept >= held) return;
      semaphore.release(held - kept);
      held = kept;
    };
    return { shrink: (to) => keep(Math.ceil(to / UNIT_BYTES)), release: () => keep(0) };
  };
}

/** Runs at most `limit` pieces of work at once per key; remembers no key that has nothing to do. */
export function createKeyedGate(limit: number): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const semaphores = new Map<string, Semaphore>();
  return async (key, work) => {
    const semaphore = semaphores.get(key) ?? new Semaphore(limit);
    semaphores.set(key, semaphore);
    try {
      return await semaphore.runExclusive(work);
    } finally {
      if (semaphore.getValue() === limit) semaphores.delete(key);
    }
  };
}

export type EncodeGate = <T>(pixels: number, work: () => Promise<T>) => Promise<T>;

/**
 * Runs at most `atOnce` encodes at once, and never more of them than `maxPixels` hold together: the largest image that is
 * allowed runs alone, so memory is bounded by one such image (0.7 GB as JPEG, 1.6 GB as AVIF for 49 MP, measured).
 */
export function createEncodeGate({ atOnce, maxPixels }: { atOnce: number; maxPixels: number }): EncodeGate {
  const least = maxPixels / atOnce;
  const semaphore = new Semaphore(PIXEL_UNITS);
  return (pixels, work) => {
    const share = Math.min(Math.max(pixels, least), maxPixels) / maxPixels;
    return semaphore.runExclusive(work, Math.floor(share * PIXEL_UNITS));
  };
}

const PIXEL_UNITS = 60;
