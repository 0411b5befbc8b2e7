import { expect } from 'vitest';
import type { StatusView } from '../../../lib/requests/views.ts';
import type { Case } from './case.ts';
import type { Ending } from './ending.ts';
import type { Attempt } from './mailbox.ts';

/** One `webhook-id` a run, with the same words at every attempt, and the log of attempts says that it was taken. */
export function checkWebhooks({ mailbox }: Case, { status, ending }: { status: StatusView; ending: Ending }): void {
  const runs = Array.from({ length: ending.generation }, (_, at) => at + 1);
  const attemptsById = Map.groupBy(mailbox.attempts, ({ id }) => id);
  expect([...attemptsById.keys()]).toEqual(runs.map((run) => `msg_${status.requestId}_${run}`));
  for (const [id, attempts] of attemptsById) {
    expect(new Set(attempts.map(({ body }) => body)).size, `bodies of ${id}`).toBe(1);
    expect(attempts.some(({ taken }) => taken)).toBe(true);
  }
  checkPayload(mailbox.attempts.at(-1), status);
  for (const run of runs) checkLog(status, run);
  const rounds = new Set(status.webhook?.attempts.map(({ round }) => round));
  expect(rounds.has(2), 'a second round').toBe(ending.redelivered);
}

function checkPayload(
  last: Attempt | undefined,
  { finishedAt, requestId, status, products, images }: StatusView,
): void {
  expect(last?.payload.timestamp).toBe(finishedAt);
  expect(last?.payload.data).toMatchObject({ requestId, status, products, images });
}

function checkLog({ webhook }: StatusView, run: number): void {
  const logged = (webhook?.attempts ?? []).filter(({ generation }) => generation === run);
  expect(logged.map(({ attempt }) => attempt)).toEqual(logged.map((_, at) => at + 1));
  const lastRound = Math.max(...logged.map(({ round }) => round));
  expect(logged).toContainEqual(expect.objectContaining({ round: lastRound, statusCode: 204 }));
}
