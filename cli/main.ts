import { CommanderError } from 'commander';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-codes.ts';
import { buildProgram } from './program.ts';
import { say, type Session } from './session.ts';

/** Runs one command line (without `node` and the script) and gives its exit code; never throws. */
export const main = async (args: readonly string[], session: Session): Promise<ExitCode> => {
  let exitCode: ExitCode = ExitCode.done;
  try {
    await buildProgram(session, (code) => (exitCode = code)).parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    // commander has printed its own words already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.done : ExitCode.usage;
    const [code, words] = explain(error, session);
    say(session.stderr, `rowpress: ${words}`);
    return code;
  }
};

const explain = (error: unknown, { signal }: Session): [ExitCode, string] => {
  if (error instanceof CliError) return [error.exitCode, error.message];
  if (signal.aborted)
    return [ExitCode.interrupted, 'Stopped. If a request was accepted already, rowpress list shows it.'];
  if (error instanceof Error && 'syscall' in error) return [ExitCode.usage, error.message];
  return [ExitCode.bug, error instanceof Error && error.stack !== undefined ? error.stack : String(error)];
};
