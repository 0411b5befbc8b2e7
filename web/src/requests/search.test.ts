import { describe, expect, it } from 'vitest';
import { exampleView } from '../request/example-view.ts';
import { asRequestId, matches } from './search.ts';

const request = exampleView({ fileName: 'Spring shoes.csv', status: 'COMPLETED_WITH_ERRORS' });

describe('matches', () => {
  it.each([
    '',
    'spring',
    'SHOES spr',
    '01ka0000',
    'completed_with',
    'with errors',
    '2025-11-22',
    'not_found',
    ' shoes ',
  ])('finds a request by %j', (search) => expect(matches(request, search.trim())).toBe(true));

  it.each(['autumn', 'spring autumn', 'cancelled'])('passes over it for %j', (search) => {
    expect(matches(request, search)).toBe(false);
  });
});

describe('asRequestId', () => {
  it('takes a whole id, however it was copied', () => {
    expect(asRequestId(' 01ka0000000000000000000000 ')).toBe('01KA0000000000000000000000');
  });

  it.each(['', 'shoes', '01KA000000000000000000000', '81KA0000000000000000000000', '01KA00000000000000000000IL'])(
    'does not take %j',
    (search) => expect(asRequestId(search)).toBeNull(),
  );
});
