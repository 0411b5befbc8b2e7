import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** With the highest resident memory of the process, in MB, Node and all modules included. */
type Measured<Answer> = Answer & { peakMb: number };

/** Runs one of the programs in a process of its own: no other one's memory or warm code is in its figures. */
export async function inChild<Answer extends object>(
  program: string,
  input: object,
  { environment = {}, flags = [] }: { environment?: Record<string, string>; flags?: string[] } = {},
): Promise<Measured<Answer>> {
  const child = fork(new URL(`programs/${program}.ts`, import.meta.url), [JSON.stringify(input)], {
    execArgv: flags,
    env: { ...process.env, LOG_LEVEL: 'ERROR', ...environment },
  });
  let answered: Measured<Answer> | undefined;
  child.once('message', (message) => (answered = message as Measured<Answer>));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (!answered) throw new Error(`bench/programs/${program}.ts ended with code ${code ?? 'none'} and no answer`);
  return answered;
}

/**
 * Without a limit V8 lets garbage lie while there is room, and a peak tells of the machine. In a heap this small it tells
 * what is held; a program that needs more fails.
 */
export const SMALL_HEAP = ['--max-old-space-size=128', '--max-semi-space-size=32'];

/** The other end: runs the work on the input, answers, and ends whatever may still be waiting in this process. */
export async function answer(work: (input: never) => Promise<object>): Promise<never> {
  const result = await work(JSON.parse(process.argv[2] ?? '{}') as never);
  const sent = Promise.withResolvers<undefined>();
  process.send?.({ ...result, peakMb: peakMb() }, () => sent.resolve(undefined));
  await sent.promise;
  process.exit();
}

/** On Linux `resourceUsage().maxRSS` counts from the process that forked this one. */
function peakMb(): number {
  const kilobytes =
    process.platform === 'linux'
      ? Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
      : process.resourceUsage().maxRSS;
  return kilobytes / 1024;
}
