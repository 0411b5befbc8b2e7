import type { Item } from '../../lib/aws/table.ts';
import { countsOf, type CountName } from '../../lib/requests/counts.ts';
import { ENDED_STATUSES, type RequestStatus } from '../../lib/requests/request.ts';
import type { Watch } from './memory-table.ts';

export type WriteRules = ReturnType<typeof writeRules>;

/** The states that a request may go to from each; only a further run leads out of an end. */
const NEXT: Record<RequestStatus, readonly RequestStatus[]> = {
  AWAITING_FILE: ['RECEIVED', 'FAILED', 'CANCELLED'],
  RECEIVED: ['PROCESSING', 'FAILED'],
  PROCESSING: ['FINISHING', 'FAILED'],
  FINISHING: ['COMPLETED', 'COMPLETED_WITH_ERRORS', 'CANCELLED', 'FAILED'],
  COMPLETED: ['RECEIVED'],
  COMPLETED_WITH_ERRORS: ['RECEIVED'],
  FAILED: ['RECEIVED'],
  CANCELLED: ['RECEIVED'],
};

const ENDED: readonly unknown[] = ENDED_STATUSES;
/** What is set once in a run, and then stays. */
const ONCE_IN_A_RUN = [
  'finishedAt',
  'cancelledAt',
  'sealedGeneration',
  'retryTotals',
  'retry',
  'totals',
  'plan',
  'error',
];

/**
 * What no single write may ever do, whoever dies or comes late: checked at each of them, where the final state alone
 * would hide it. What was broken is kept in words.
 */
export function writeRules() {
  const broken: string[] = [];
  const ends = new Map<string, string[]>();
  const rule = (holds: boolean, words: string, item: Item): void => {
    if (!holds) broken.push(`${words}: ${String(item.pk)} ${String(item.sk)}`);
  };

  const watch: Watch = (after, before) => {
    const kind = String(after.sk).split('#')[0];
    if (kind === 'REQUEST') {
      if (before) checkRequest(after, before, rule);
      if (ENDED.includes(after.status) && after.status !== before?.status) {
        const id = String(after.requestId);
        ends.set(id, [...(ends.get(id) ?? []), `${String(after.generation)} ${String(after.status)}`]);
      }
    } else if (kind === 'PAGE') checkPage(after, before, rule);
    else if (kind === 'GROUP') checkSet(after, before, { set: 'fullPages', rule });
  };

  return {
    watch,
    /** In the order in which they happened. */
    broken: broken as readonly string[],
    /** `<generation> <status>` for every end of a request. */
    endsOf: (requestId: string): readonly string[] => ends.get(requestId) ?? [],
  };
}

type Rule = (holds: boolean, words: string, item: Item) => void;

function checkRequest(after: Item, before: Item, rule: Rule): void {
  const [from, to] = [before.status as RequestStatus, after.status as RequestStatus];
  const edge = `${from} to ${to}`;
  rule(from === to || NEXT[from].includes(to), `goes from ${edge}`, after);
  const again = ENDED.includes(from) && to === 'RECEIVED';
  rule(Number(after.generation) === Number(before.generation) + Number(again), `another run at ${edge}`, after);
  rule(from !== 'RECEIVED' || to !== 'PROCESSING' || after.sealedGeneration === after.generation, 'not sealed', after);
  rule(!ENDED.includes(to) || 'finishedAt' in after, 'an end without a time', after);
  rule(to !== 'CANCELLED' || 'cancelledAt' in after, 'cancelled, but nobody asked for it', after);
  rule(from !== 'FINISHING' || !('cancelledAt' in after) || !to.startsWith('COMPLETED'), 'cancelled in vain', after);
  const result = after.resultGeneration !== before.resultGeneration;
  rule(result === (from === 'FINISHING' && ENDED.includes(to) && to !== 'FAILED'), `a result at ${edge}`, after);
  checkCounts(after, before, rule);
  if (again) return;
  for (const name of ONCE_IN_A_RUN) {
    const sealed = name === 'sealedGeneration' && to !== from;
    rule(sealed || !(name in before) || same(after[name], before[name]), `another ${name}`, after);
  }
  checkSet(after, before, { set: 'fullGroups', rule });
}

/** Within a run counts only grow; where a retry is planned, what it tries again is open, and what a void one did is void. */
function checkCounts(after: Item, before: Item, rule: Rule): void {
  const planned = 'retryTotals' in after && !('retryTotals' in before);
  const wasVoid = after.voidRuns instanceof Set && after.voidRuns.has(Number(after.generation) - 1);
  const [now, then] = [countsOf(after), countsOf(before)];
  for (const name of Object.keys({ ...now, ...then }) as CountName[]) {
    const mayFall =
      planned && (wasVoid || !['imagesCompressed', 'bytesIn', 'bytesOut', 'productsCompleted'].includes(name));
    rule(mayFall || (now[name] ?? 0) >= (then[name] ?? 0), `${name} falls`, after);
    rule((now[name] ?? 1) > 0, `${name} is not above 0`, after);
  }
}

/** What is settled in a run stays settled, as it is. */
function checkPage(after: Item, before: Item | undefined, rule: Rule): void {
  const records = (item: Item) => Object.keys(item).filter((name) => /^r\d+$/.test(name));
  rule(after.settled === records(after).length, 'settled is not the number of records', after);
  if (!before) return;
  for (const name of records(before)) rule(same(after[name], before[name]), `${name} was settled again`, after);
  if (after.settled === before.settled) rule(same(countsOf(after), countsOf(before)), 'counted nothing', after);
}

/** Counts come with a new member of the set only, and members stay. */
function checkSet(after: Item, before: Item | undefined, { set, rule }: { set: string; rule: Rule }): void {
  const [now, then] = [membersOf(after[set]), membersOf(before?.[set])];
  rule(
    [...then].every((member) => now.has(member)),
    `${set} lost a member`,
    after,
  );
  const planned = 'retryTotals' in after && !('retryTotals' in (before ?? {}));
  const grown = !same(countsOf(after), countsOf(before ?? {}));
  rule(planned || !grown || now.size === then.size + 1, `counted without a new member of ${set}`, after);
}

const membersOf = (value: unknown): ReadonlySet<unknown> => (value instanceof Set ? value : new Set());

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
