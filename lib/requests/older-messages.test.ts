import { describe, expect, test } from 'vitest';
import { makeProduct, makeRequest, REQUEST_ID, RUN } from '../../tests/fakes/make-request.ts';
import { makeWorld } from '../../tests/fakes/world.ts';
import { PageMessage } from './messages.ts';
import { OlderMessage, OlderPage, resendOlder } from './older-messages.ts';

async function prepare(status: 'PROCESSING' | 'COMPLETED' | 'gone') {
  const world = makeWorld();
  if (status !== 'gone') await world.requests.create(makeRequest({ status }));
  const { requests, queues } = world;
  return {
    resend: (older: Parameters<typeof resendOlder>[0]) => resendOlder(older, { requests, ingestQueue: queues.ingest }),
    queues,
  };
}
const requestId = REQUEST_ID;
const resent = [{ kind: 'resend', requestId }];

test.each<[string, 'PROCESSING' | 'COMPLETED' | 'gone', { again?: boolean }, object[]]>([
  ['has what its request waits for sent anew', 'PROCESSING', { again: false }, resent],
  ['of a request that has ended does so, too: its caller may be waited for', 'COMPLETED', {}, resent],
  ['of a request that is gone is dropped', 'gone', { again: false }, []],
  ['that was sent again is dropped when the request has ended without it', 'COMPLETED', { again: true }, []],
  ['that was sent again is dropped when the request is gone', 'gone', { again: true }, []],
])('a message of another shape %s', async (_name, status, older, expected) => {
  const { resend, queues } = await prepare(status);
  await resend({ requestId, ...older });
  expect(queues.ingest.sent).toEqual(expected);
});

test('a page of another shape that was sent again is not sent once more: it would go round for ever', async () => {
  const { resend, queues } = await prepare('PROCESSING');
  await expect(resend({ requestId, again: true })).rejects.toThrow('still not understood');
  expect(queues.ingest.sent).toEqual([]);
});

describe('what is understood of a message of another shape', () => {
  const today = { ...RUN, page: 0, pagesInGroup: 1, products: [makeProduct(0)], again: true };

  test('is whom it concerns, and whether it was sent again', () => {
    expect(OlderPage.parse({ requestId, rows: [] })).toEqual({ requestId, again: false });
    expect(OlderPage.parse({ ...today, products: [{ index: 'first' }] })).toEqual({ requestId, again: true });
    expect(OlderMessage.parse({ requestId, files: ['results.csv'] })).toEqual({ requestId });
  });

  test('is nothing without a request', () => {
    for (const message of [{}, { requestId: '../..' }, null, 'x', [today]]) {
      expect(OlderPage.safeParse(message).success).toBe(false);
      expect(OlderMessage.safeParse(message).success).toBe(false);
    }
  });

  test('is nothing of a message of today, which has a generation', () => {
    expect(OlderMessage.safeParse({ requestId, generation: 1 }).success).toBe(false);
    expect(PageMessage.parse(today)).toEqual(today);
  });
});
