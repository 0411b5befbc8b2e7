import { TransientError } from './errors.ts';
import type { Session } from './session.ts';

/** About two minutes together: long enough for a deployment or a lost connection. */
const BACK_OFF_SECONDS = [1, 2, 4, 8, 15, 30, 30, 30];

/** Repeats `work` while its faults may pass, telling each of them; the last one is thrown. Only for what may be done twice. */
export const retrying = async <T>(
  work: () => Promise<T>,
  session: Session,
  tell: (text: string) => void,
): Promise<T> => {
  for (const seconds of BACK_OFF_SECONDS) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      tell(`${error.message}; trying again in ${seconds} s`);
      await session.sleep(seconds * 1000);
    }
  }
  return work();
};
