import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Deadline } from './deadline.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('aborts with a TimeoutError when the time is up', () => {
  const deadline = new Deadline(1000);
  vi.advanceTimersByTime(999);
  expect(deadline.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(deadline.signal.reason).toMatchObject({ name: 'TimeoutError' });
});

it('stands still during a pause and goes on with what was left', async () => {
  const deadline = new Deadline(1000);
  vi.advanceTimersByTime(600);
  const { promise, resolve } = Promise.withResolvers<string>();
  const paused = deadline.pauseDuring(promise);
  vi.advanceTimersByTime(60_000);
  expect(deadline.signal.aborted).toBe(false);
  resolve('room');
  expect(await paused).toBe('room');
  vi.advanceTimersByTime(399);
  expect(deadline.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(deadline.signal.aborted).toBe(true);
});

it('leaves no timer behind', () => {
  {
    using deadline = new Deadline(1000);
    expect(deadline.signal.aborted).toBe(false);
    expect(vi.getTimerCount()).toBe(1);
  }
  expect(vi.getTimerCount()).toBe(0);
});
