import { main } from '../main.ts';
import type { Session } from '../session.ts';

/** A person who is not there: sleeping moves the clock at once, and what is said is kept. */
export const fakeSession = ({ isTTY = false, columns = 200 } = {}) => {
  const interruption = new AbortController();
  const said = { stdout: '', stderr: '' };
  const slept: number[] = [];
  let clock = 0;
  const output = (name: keyof typeof said) => ({ isTTY, columns, write: (text: string) => (said[name] += text) });
  const session: Session = {
    stdout: output('stdout'),
    stderr: output('stderr'),
    signal: interruption.signal,
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      clock += milliseconds;
      await Promise.resolve();
      interruption.signal.throwIfAborted();
    },
    now: () => clock,
  };
  return { session, said, slept, interrupt: () => interruption.abort() };
};

/** Runs a command line in this process. */
export const rowpress = async (...args: string[]) => {
  const { session, said, slept } = fakeSession();
  const exitCode = await main(args, session);
  return { exitCode, slept, ...said };
};
