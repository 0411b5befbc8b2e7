import { setTimeout as delay } from 'node:timers/promises';

/** The part of `process.stdout` that this program needs. */
export type Output = { write(text: string): unknown; isTTY?: boolean; columns?: number };

/** What the program shares with the person who started it; tests pass their own. */
export type Session = {
  /** Results only, so that they can be piped; progress and notes go to `stderr`. */
  stdout: Output;
  stderr: Output;
  /** Fires on Ctrl-C. */
  signal: AbortSignal;
  /** Rejects when `signal` fires. */
  sleep: (milliseconds: number) => Promise<void>;
  now: () => number;
};

/** The session of this process: the first Ctrl-C fires `signal`, the second one ends the process as usual. */
export const processSession = (): Session => {
  const interruption = new AbortController();
  process.once('SIGINT', () => interruption.abort());
  const { signal } = interruption;
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    signal,
    sleep: (milliseconds) => delay(milliseconds, undefined, { signal }),
    now: Date.now,
  };
};

/** Text from the server, file names above all, must not steer the terminal: control characters but newline are replaced. */
export const printable = (text: string): string => text.replace(/(?!\n)\p{Cc}/gu, '\uFFFD');

export const say = (output: Output, text: string): void => {
  output.write(`${printable(text)}\n`);
};

/** Indented JSON, with the control characters escaped that JSON itself allows. */
export const sayJson = (output: Output, value: unknown): void => {
  const json = JSON.stringify(value, null, 2);
  const escaped = json.replace(/[\u007f-\u009f]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
  output.write(`${escaped}\n`);
};
