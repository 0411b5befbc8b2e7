type ScheduleOptions = {
  /** What the receiver asked for; it is never asked again sooner. */
  retryAfterSeconds: number | null;
  /** From 0 up to 1. */
  random: () => number;
};

/** SQS can hide a message for 12 hours, counted from when it was received. */
const MAX_SECONDS = 43_000;
const JITTER = 0.1;

/** Whole seconds to wait after the failed attempt number `attempt` (the first is 1); null when there is no further one. */
export function nextDelaySeconds(
  attempt: number,
  delays: readonly number[],
  { retryAfterSeconds, random }: ScheduleOptions,
): number | null {
  const delay = delays[attempt - 1];
  if (delay === undefined) return null;
  const jittered = delay * (1 - JITTER + 2 * JITTER * random());
  return Math.min(MAX_SECONDS, Math.max(Math.round(jittered), retryAfterSeconds ?? 0));
}
