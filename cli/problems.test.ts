import { describe, expect, it } from 'vitest';
import { problemFrom, rowProblemLines } from './problems.ts';

const answer = (status: number, type: string, body: string) =>
  new Response(body, { status, statusText: 'Reason', headers: { 'content-type': type } });

describe('problemFrom', () => {
  it.each([
    [
      answer(
        422,
        'application/problem+json',
        '{"title":"Bad options","detail":"quality is 1 to 100","code":"bad_options"}',
      ),
      3,
      'Bad options: quality is 1 to 100 (bad_options, HTTP 422)',
    ],
    [
      answer(409, 'application/problem+json', '{"title":"Not finished","code":"not_finished"}'),
      5,
      'Not finished (not_finished, HTTP 409)',
    ],
    [answer(403, 'application/json', '{"message":"Forbidden"}'), 3, 'Forbidden (HTTP 403)'],
    [answer(413, 'text/html', '<h1>no</h1>'), 3, 'Reason (HTTP 413)'],
    [answer(404, 'application/json', 'not JSON'), 3, 'Reason (HTTP 404)'],
    [
      answer(400, 'application/xml', '<Error><Code>EntityTooLarge</Code><Message>Too large</Message></Error>'),
      3,
      'Too large (EntityTooLarge, HTTP 400)',
    ],
    [
      answer(503, 'application/json', '{"message":"Service Unavailable"}'),
      4,
      'The server has trouble: Service Unavailable (HTTP 503)',
    ],
    [answer(429, 'application/json', '{}'), 4, 'The server has trouble: Reason (HTTP 429)'],
  ])('case %#', async (response, exitCode, message) => {
    expect(await problemFrom(response)).toMatchObject({ exitCode, message });
  });
});

describe('rowProblemLines', () => {
  it('names row and column where there are any', () => {
    expect(
      rowProblemLines([
        { row: 5, column: 'Image URL', code: 'no_images', message: 'no image URL' },
        { row: 6, code: 'extra_cells' },
        { column: 'quality', message: 'must be 1 to 100' },
        {},
      ]),
    ).toEqual([
      '  row 5, Image URL: no image URL',
      '  row 6: extra_cells',
      '  quality: must be 1 to 100',
      '  unknown problem',
    ]);
  });

  it('shows twenty and counts the rest', () => {
    const lines = rowProblemLines(
      Array.from({ length: 30 }, (_, row) => ({ row, message: 'bad' })),
      1000,
    );
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe('  … and 980 more');
  });
});
