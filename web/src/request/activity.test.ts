import { describe, expect, it } from 'vitest';
import type { RequestView } from '../api/types.ts';
import { activityOf, announcement, progressMark, type Observation } from './activity.ts';
import { exampleView } from './example-view.ts';
import { STATUS_WORDS } from './status-words.ts';

const NOW = Date.parse('2025-11-22T12:01:00.000Z');

type Seen = Partial<Pick<Observation, 'quietMs' | 'connection'>>;

const activity = (change: Partial<RequestView>, { quietMs = 0, connection = 'live' }: Seen = {}) =>
  activityOf({ view: exampleView(change), quietMs, connection, now: NOW });

describe('activityOf', () => {
  it('tells rate and time left while it moves', () => {
    expect(activity({})).toEqual({
      title: 'Compressing',
      detail: '12.5 images per second, about 10 s left',
      isWaiting: false,
    });
  });

  it('guesses no time while nothing moves: the guess would only grow', () => {
    expect(activity({}, { quietMs: 3_000 })?.detail).toContain('left');
    expect(activity({}, { quietMs: 5_000 })?.detail).toBe('12.5 images per second');
  });

  it('speaks of one image as of one', () => {
    const progress = { percent: 34.2, imagesPerSecond: 1.02, secondsLeft: null };
    expect(activity({ progress })?.detail).toBe('1 image per second');
  });

  it('says that nothing has ended yet instead of a rate of 0', () => {
    const first = { title: 'Fetching the first images', isWaiting: false };
    expect(activity({ images: { total: 190, compressed: 0, failed: 0, pending: 190 } })).toMatchObject(first);
    const progress = { percent: 0, imagesPerSecond: 0, secondsLeft: null };
    expect(activity({ generation: 2, progress })).toMatchObject(first);
  });

  it('says what is waited for when nothing moves', () => {
    const stalled = activity({ images: { total: 190, compressed: 178, failed: 0, pending: 12 } }, { quietMs: 25_000 });
    expect(stalled).toMatchObject({ title: 'Waiting for 12 images', isWaiting: true });
    expect(stalled?.detail).toMatch(/^Nothing has ended for 25 s\. .*asked again after about 15 s and 60 s/);
  });

  it('says what will happen when nothing moves for long', () => {
    const stalled = activity({ images: { total: 190, compressed: 189, failed: 0, pending: 1 } }, { quietMs: 300_000 });
    expect(stalled).toMatchObject({ title: 'Still waiting for 1 image', isWaiting: true });
    expect(stalled?.detail).toMatch(/^Nothing has ended for 5 min\. .*taken up again by themselves/);
  });

  it.each<[string, Partial<RequestView>, string]>([
    ['the file is awaited', { status: 'AWAITING_FILE', expiresAt: '2025-11-22T13:00:00.000Z' }, 'Waiting for the file'],
    ['it never came', { status: 'AWAITING_FILE', expiresAt: '2025-11-22T12:00:30.000Z' }, 'The file never came'],
    ['the file is read', { status: 'RECEIVED' }, 'Reading the file'],
    ['a retry begins', { status: 'RECEIVED', generation: 2 }, 'Preparing another try'],
    ['the result is written', { status: 'FINISHING' }, 'Writing the result file'],
    ['it is being cancelled', { cancelledAt: '2025-11-22T12:00:30.000Z' }, 'Cancelling'],
  ])('when %s', (_, change, title) => {
    expect(activity(change, { quietMs: 60_000 })?.title).toBe(title);
  });

  it('says first that the page has no answers', () => {
    expect(activity({ status: 'FINISHING' }, { connection: 'lost' })).toMatchObject({
      title: 'No connection to Rowpress',
      isWaiting: true,
    });
    expect(activity({}, { connection: 'refused', quietMs: 60_000 })?.title).toBe('How it last stood');
  });

  it.each(['COMPLETED', 'COMPLETED_WITH_ERRORS', 'FAILED', 'CANCELLED'] as const)(
    'has nothing to say of %s',
    (status) => {
      expect(activity({ status }, { connection: 'lost', quietMs: 1e9 })).toBeNull();
    },
  );
});

describe('progressMark', () => {
  it('changes with every image, status and run, and with nothing else', () => {
    const marks = [
      exampleView(),
      exampleView({ images: { total: 190, compressed: 61, failed: 5, pending: 124 } }),
      exampleView({ status: 'FINISHING' }),
      exampleView({ generation: 2 }),
    ].map(progressMark);
    expect(new Set(marks).size).toBe(4);
    expect(progressMark(exampleView({ progress: { percent: 1, imagesPerSecond: 2, secondsLeft: 3 } }))).toBe(marks[0]);
  });
});

describe('announcement', () => {
  it('changes by quarters only while images come in', () => {
    const at = (compressed: number) =>
      announcement(exampleView({ images: { total: 190, compressed, failed: 0, pending: 190 - compressed } }));
    expect(at(65)).toBe('25% of 190 images done.');
    expect(at(94)).toBe(at(65));
    expect(at(95)).not.toBe(at(94));
  });

  it('tells a cancellation that is under way, another try, and rows that failed without an image', () => {
    expect(announcement(exampleView({ cancelledAt: '2025-11-22T12:00:30.000Z' }))).toBe('Cancelling.');
    expect(announcement(exampleView({ status: 'RECEIVED', generation: 2 }))).toBe('Another try is being prepared.');
    const products = { total: 4, completed: 1, partial: 1, failed: 2, cancelled: 0, pending: 0 };
    expect(announcement(exampleView({ status: 'COMPLETED_WITH_ERRORS', products }))).toContain(
      '3 of 4 products not whole',
    );
  });

  it('has words for every status', () => {
    const statuses = Object.keys(STATUS_WORDS) as RequestView['status'][];
    const said = statuses.map((status) => announcement(exampleView({ status })));
    expect(said.every((text) => /^[A-Z0-9].*\.\s?$/.test(text))).toBe(true);
    expect(new Set(said).size).toBe(statuses.length);
  });
});
