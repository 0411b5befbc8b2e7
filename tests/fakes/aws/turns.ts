import type { Random } from '../seeded-random.ts';
import type { Middleware } from './memory-aws.ts';

/** Lets everything go on that can. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Calls take a while, now and then longer, so that what runs at once comes in another order with each seed. */
export function unevenLatency(random: Random): Middleware {
  return async (_call, next) => {
    await pause(random);
    const answer = await next();
    await pause(random);
    return answer;
  };
}

async function pause(random: Random): Promise<void> {
  if (random.chance(0.15)) await nextTurn();
  else for (let turns = random.whole(0, 3); turns > 0; turns--) await Promise.resolve();
}
