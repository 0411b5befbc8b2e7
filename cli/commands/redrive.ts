import { openDeadLetters, type DeadLetters } from '../dead-letters.ts';
import { ExitCode } from '../exit-codes.ts';
import { formatCount } from '../format.ts';
import { say, sayJson, type Session } from '../session.ts';

export type RedriveFlags = {
  stage: string;
  queuePrefix?: string;
  limit?: number;
  dryRun?: boolean;
  json?: boolean;
};

/** `rowpress redrive QUEUE`: moves dead letters back to the queue that they come from. */
export const redrive = async (name: string, flags: RedriveFlags, session: Session): Promise<ExitCode> => {
  const queue = `${flags.queuePrefix ?? `rowpress-${flags.stage}`}-${name}`;
  const pair = { queue, dead: `${queue}-dead` };
  const letters = await openDeadLetters(pair, session.signal);
  try {
    const found = await letters.count();
    const outcome = flags.dryRun ? { moved: 0, cameBack: 0 } : await moveAll(letters, flags, session);
    const report = { ...pair, dryRun: flags.dryRun === true, found, ...outcome };
    if (flags.json) sayJson(session.stdout, report);
    else say(session.stdout, wordsFor(report));
    return ExitCode.done;
  } finally {
    letters.close();
  }
};

type Outcome = { moved: number; cameBack: number };
type Report = Outcome & { queue: string; dead: string; dryRun: boolean; found: { waiting: number; inHand: number } };

/** Tells each one as it is moved, so that a run that breaks off has said what it did. */
const moveAll = async (letters: DeadLetters, { limit, json }: RedriveFlags, session: Session): Promise<Outcome> => {
  const outcome = { moved: 0, cameBack: 0 };
  for await (const { body, outcome: how } of letters.redrive(limit ?? Infinity)) {
    if (how === 'moved') outcome.moved++;
    else outcome.cameBack++;
    say(json ? session.stderr : session.stdout, `${how}  ${describe(body)}`);
  }
  return outcome;
};

const wordsFor = ({ queue, dead, dryRun, found, moved, cameBack }: Report): string => {
  const inHand = found.inHand > 0 ? ` (its own function has ${formatCount(found.inHand)} more in hand)` : '';
  if (dryRun) return `${formatCount(found.waiting)} in ${dead} to be moved to ${queue}${inHand}`;
  const back = cameBack > 0 ? `; ${formatCount(cameBack)} failed again at once and stay in ${dead}` : '';
  return `${formatCount(moved)} moved from ${dead} to ${queue}${back}`;
};

/** Whom a message concerns; never more of it: the URLs in it may be signed. */
const describe = (body: string): string => {
  const message = parseJson(body);
  if (message === undefined) return `not JSON, ${formatCount(body.length)} characters`;
  if (typeof message !== 'object' || message === null || !('requestId' in message)) return 'names no request';
  const parts = ['requestId', 'kind', 'generation', 'page', 'round'].flatMap((name) => {
    const value = (message as Record<string, unknown>)[name];
    return typeof value === 'string' || typeof value === 'number' ? [`${name} ${value}`] : [];
  });
  return parts.join(', ');
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
