const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;

/** How long to wait before a try, counted from 1; twice as long each time. */
export const pauseBefore = (attempt: number): number =>
  Math.min(FIRST_PAUSE_MS * 2 ** Math.max(0, attempt - 2), LONGEST_PAUSE_MS);

/** Resolves after the pause, or as soon as the browser is online again or the signal is given. */
export function waitToRetry(pauseMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      window.removeEventListener('online', go);
      signal.removeEventListener('abort', go);
      resolve();
    };
    const timer = setTimeout(go, pauseMs);
    window.addEventListener('online', go);
    signal.addEventListener('abort', go);
  });
}
