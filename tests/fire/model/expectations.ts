import assert from 'node:assert/strict';
import type { Presigner } from '../../../lib/aws/presign.ts';
import { exportResults } from '../../../lib/requests/export-results.ts';
import { linksUnder } from '../../../lib/requests/links.ts';
import { Problem } from '../../../lib/requests/problem.ts';
import { requestStatus } from '../../../lib/requests/request-status.ts';
import type { StatusView } from '../../../lib/requests/views.ts';
import type { Watch } from '../../fakes/memory-table.ts';
import { writeRules } from '../../fakes/write-rules.ts';
import type { Fetch } from './outside.ts';
import { checkFetched, checkSettled } from './settled-rightly.ts';
import { makeSystem, type System } from './system.ts';

export const OWNER = 'default';

/** What the model knows of a request: what its caller asked for, and what the API told at last. */
export type Known = {
  requestId: string;
  view: StatusView;
  /** Its file was waited for in vain, and the API does not know it any more. */
  gone: boolean;
  /** By the run in which it was asked for: for sure, or perhaps, for whoever asked died or got no answer. */
  cancels: Map<number, 'surely' | 'perhaps'>;
  /** The runs that a retry was asked for. */
  retries: Map<number, 'surely' | 'perhaps'>;
  /** By the run: redeliveries that were asked for. */
  redeliveries: Map<number, number>;
};

export type Model = ReturnType<typeof makeModel>;

/** The system, and beside it a small model of what must be true of it at any time. */
export function makeModel() {
  const rules = writeRules();
  const ids: string[] = [];
  const problems: string[] = [];
  const watch: Watch = (after, before) => {
    rules.watch(after, before);
    if (after.sk === 'REQUEST' && before === undefined) ids.push(String(after.requestId));
    if (String(after.sk).startsWith('PAGE#')) problems.push(...checkSettled(after, before, system));
  };
  const onFetch = (fetch: Fetch) => problems.push(...checkFetched(fetch, system));
  const system = makeSystem({ watch, onFetch });
  const known = new Map<string, Known>();

  return {
    system,
    rules,
    /** Products of a file, each by how many images it has, by the file's name. */
    files: new Map<string, readonly number[]>(),
    /** In the order of their making. */
    requests: (): Known[] => [...known.values()],
    /** Asks the API about every request, and compares with what it told before. */
    async observe(): Promise<void> {
      assert.deepEqual([...rules.broken, ...problems, ...system.unexpected.map(String)], []);
      for (const requestId of ids) {
        const view = await viewOf(requestId, system);
        const before = known.get(requestId);
        const gone = view === undefined;
        if (before) before.gone = gone;
        if (gone) {
          checkGone(before, system);
          continue;
        }
        if (before) checkStep(before.view, view, system);
        else known.set(requestId, makeKnown(view));
        if (before) before.view = view;
        await checkExport(view, { rules, system });
      }
    },
  };
}

const makeKnown = (view: StatusView): Known => ({
  requestId: view.requestId,
  view,
  gone: false,
  cancels: new Map(),
  retries: new Map(),
  redeliveries: new Map(),
});

/** Undefined when there is no such request. */
const viewOf = (requestId: string, { world, clock }: System): Promise<StatusView | undefined> =>
  requestStatus(
    { requestId, owner: OWNER },
    { ...world.deps, links: linksUnder('https://api.example'), now: () => new Date(clock.now) },
  ).catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'not_found') return undefined;
    throw error;
  });

/** For how long a file is waited for: its form is good for an hour, and its arrival may be told a day late. */
const AWAITED_MS = 25 * 3_600_000;

/** Only a request whose file never came is forgotten within the time of a story. */
function checkGone(known: Known | undefined, { clock }: System): void {
  assert.equal(known?.view.status, 'AWAITING_FILE', `${known?.requestId ?? 'a request'} is gone`);
  assert.ok(clock.now - Date.parse(known.view.createdAt) > AWAITED_MS - 1000, `${known.requestId} is gone too early`);
}

const RANK = { AWAITING_FILE: 0, RECEIVED: 1, PROCESSING: 2, FINISHING: 3 } as const;

export const isEnded = ({ status }: Pick<StatusView, 'status'>): boolean => !(status in RANK);

const rankOf = ({ status }: StatusView): number => (status in RANK ? RANK[status as keyof typeof RANK] : 4);

/** Between two looks at a request. */
function checkStep(before: StatusView, now: StatusView, { world }: System): void {
  // What a run did that was given up before it had begun in whole does not count any more.
  const { voidRuns } = world.table.items.get(`REQ#${now.requestId} REQUEST`) ?? {};
  const first = before.generation + Number(isEnded(before));
  const isVoid =
    now.error?.code === 'ingest_failed' ||
    (voidRuns instanceof Set && [...voidRuns].some((run) => run >= first && run <= now.generation));
  const about = `${before.status} (run ${before.generation}) to ${now.status} (run ${now.generation})`;
  assert.ok(now.generation >= before.generation, `no run is undone: ${about}`);
  assert.ok(isVoid || now.images.compressed >= before.images.compressed, `what is compressed stays so: ${about}`);
  assert.ok(isVoid || now.bytes.in >= before.bytes.in, `bytes stay: ${about}`);
  const sums = [now.images.pending, now.images.failed, now.products.pending, now.products.failed];
  assert.ok(Math.min(...sums) >= 0, `no count is below 0: ${about}`);
  assert.equal(isEnded(now), now.progress.percent === 100, `100 % is the end: ${about}`);
  assert.equal(isEnded(now), now.finishedAt !== null, `a time is the end: ${about}`);
  if (before.products.total > 0) {
    assert.deepEqual([now.products.total, now.images.total], [before.products.total, before.images.total]);
  }
  if (now.generation > before.generation) return;
  assert.ok(rankOf(now) >= rankOf(before), `within a run it goes on: ${about}`);
  if (isEnded(before)) assert.equal(now.status, before.status, `an end is an end: ${about}`);
  assert.ok(now.progress.percent >= before.progress.percent, `progress grows: ${about}`);
  assert.ok(before.cancelledAt === null || before.cancelledAt === now.cancelledAt, `cancelled once: ${about}`);
  assert.ok(before.finishedAt === null || before.finishedAt === now.finishedAt, `ended once: ${about}`);
}

/** A result is there exactly when the API says so: of the last run that came to one. */
async function checkExport(view: StatusView, { rules, system }: Pick<Model, 'rules' | 'system'>): Promise<void> {
  const presigner: Pick<Presigner, 'download'> = { download: (key) => Promise.resolve(key) };
  const question = { requestId: view.requestId, owner: OWNER, rows: 'all' } as const;
  const answer = await exportResults(question, {
    ...system.world.deps,
    presigner: presigner as Presigner,
  }).catch((error: unknown) => {
    if (error instanceof Problem) return error;
    throw error;
  });
  const written = rules.endsOf(view.requestId).filter((end) => !end.endsWith('FAILED'));
  // Withdrawn before its file came.
  const promised = view.products.total > 0 && written.length > 0;
  if (!isEnded(view)) assert.equal(codeOf(answer), 'not_finished');
  else if (!promised) assert.equal(codeOf(answer), 'no_result');
  else {
    assert.ok(typeof answer === 'string' && system.world.data.stored.has(answer), `a result: ${codeOf(answer)}`);
    const latest = Number(written.at(-1)?.split(' ')[0]);
    assert.equal(answer, `results/${view.requestId}/${latest === 1 ? '' : `${latest}/`}results.csv`);
  }
}

const codeOf = (answer: string | Problem): string => (typeof answer === 'string' ? answer : answer.code);
