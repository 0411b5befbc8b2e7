import { describe, expect, it } from 'vitest';
import { bar, progressLine, startProgress } from './progress.ts';
import { completed, completedWithErrors, processing } from './testing/example-answers.ts';
import { fakeSession } from './testing/fake-session.ts';

describe('progressLine', () => {
  const unknown = { percent: 0, imagesPerSecond: null, secondsLeft: null };
  it.each([
    [processing, '50%  5/10 images  2.5/s  2 s left  saved 60%'],
    [
      { ...processing, progress: { ...processing.progress, percent: 99.97 } },
      '99%  5/10 images  2.5/s  2 s left  saved 60%',
    ],
    [{ ...processing, progress: unknown, bytes: { in: 0, out: 0, savedPercent: null } }, '0%  5/10 images'],
    [completedWithErrors, '100%  10/10 images  2.5/s  3 failed  saved 60%'],
    [{ ...processing, status: 'AWAITING_FILE' as const }, 'waiting for the file to arrive'],
    [{ ...processing, status: 'FINISHING' as const }, 'writing the result file'],
  ])('case %#: %j', (status, line) => expect(progressLine(status)).toBe(line));
});

describe('bar', () => {
  it.each([
    [-5, 24, 0],
    [50, 24, 12],
    [99.9, 24, 23],
    [120, 24, 24],
    [50, 5, 2],
  ])('%d%% of %d cells fill %d', (percent, cells, full) => {
    expect(bar(percent, cells)).toBe(`${'█'.repeat(full)}${'░'.repeat(cells - full)} `);
  });
  it('is left out where there is no room', () => expect(bar(50, 4)).toBe(''));
});

describe('startProgress', () => {
  const line = '50%  5/10 images  2.5/s  2 s left  saved 60%';
  it.each([
    [200, bar(50, 24) + line],
    [0, bar(50, 24) + line],
    [60, bar(50, 14) + line],
    [45, line],
    [21, '50%  5/10 images  2.'],
  ])('fits one line into a terminal of %d columns', (columns, shown) => {
    const { session, said } = fakeSession({ isTTY: true, columns });
    startProgress(session).show(processing);
    expect(said).toEqual({ stdout: '', stderr: `\r\u001B[K${shown}` });
  });

  it('redraws its line on a terminal, and keeps notes above it', () => {
    const { session, said } = fakeSession({ isTTY: true, columns: 45 });
    const progress = startProgress(session);
    progress.note('before');
    progress.show(processing);
    progress.note('trying again');
    progress.end();
    expect(said.stderr).toBe(`\r\u001B[Kbefore\n\r\u001B[K${line}\r\u001B[Ktrying again\n\r\u001B[K${line}\n`);
  });

  it('writes plain lines in a pipe: the first of a phase, then one every ten seconds', async () => {
    const { session, said } = fakeSession();
    const progress = startProgress(session);
    const at = (percent: number) => ({
      ...processing,
      progress: { percent, imagesPerSecond: null, secondsLeft: null },
    });
    progress.show(at(1));
    progress.show(at(2));
    await session.sleep(9_999);
    progress.show(at(3));
    await session.sleep(1);
    progress.show(at(4));
    progress.show({ ...processing, status: 'FINISHING' });
    progress.show(completed);
    progress.end();
    expect(said.stderr.split('\n').map((line) => line.split(' ')[0])).toEqual(['1%', '4%', 'writing', '100%', '']);
    expect(said.stderr).not.toMatch(/(?!\n)\p{Cc}/u);
  });
});
