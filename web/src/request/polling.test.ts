import { describe, expect, it } from 'vitest';
import { exampleView } from './example-view.ts';
import { pollEvery } from './polling.ts';

const running = exampleView();
const ended = exampleView({ status: 'COMPLETED' });
const webhook = { deliveryId: 'msg_1', url: 'http://x', attempts: [] };

describe('pollEvery', () => {
  it.each([
    [0, 1_000],
    [30_000, 1_000],
    [60_000, 2_000],
    [150_000, 5_000],
    [3_600_000, 5_000],
  ])('a request that has run for %d ms is asked for every %d ms', (youngForMs, every) => {
    expect(pollEvery({ view: running, youngForMs, hidden: false })).toBe(every);
  });

  it('asks seldom while nobody looks', () => {
    expect(pollEvery({ view: running, youngForMs: 0, hidden: true })).toBe(30_000);
  });

  it('asks before it knows anything', () => {
    expect(pollEvery({ view: undefined, youngForMs: 0, hidden: false })).toBe(1_000);
  });

  it('ends with the request', () => {
    expect(pollEvery({ view: ended, youngForMs: 0, hidden: false })).toBe(false);
    const told = exampleView({ status: 'FAILED', webhook: { ...webhook, status: 'delivered' } });
    expect(pollEvery({ view: told, youngForMs: 0, hidden: false })).toBe(false);
  });

  it('goes on more slowly until the webhook has arrived', () => {
    const view = exampleView({ status: 'COMPLETED', webhook: { ...webhook, status: 'pending' } });
    expect(pollEvery({ view, youngForMs: 0, hidden: false })).toBe(2_000);
    expect(pollEvery({ view, youngForMs: 3_600_000, hidden: false })).toBe(15_000);
  });
});
