import { describe, expect, it } from 'vitest';
import { ApiProblem, ConnectionLost, explain, isTransient, toProblem } from './api-problem.ts';

describe('toProblem', () => {
  it('reads a problem document, and of its details what is one', () => {
    const errors = [{ field: 'quality', code: 'invalid_option', message: 'too high' }, 'x', { code: 1 }, null];
    expect(toProblem(422, { code: 'invalid_options', detail: 'No.', errors })).toMatchObject({
      status: 422,
      code: 'invalid_options',
      message: 'No.',
      errors: [{ field: 'quality', code: 'invalid_option', message: 'too high' }],
    });
  });

  it.each([undefined, null, 'Bad gateway', [], {}, { message: 'Unauthorized' }, { code: 5, detail: 'x' }])(
    'makes a problem of %j, too',
    (body) => expect(toProblem(502, body)).toMatchObject({ status: 502, code: 'unexpected_answer', errors: [] }),
  );
});

describe('isTransient', () => {
  it.each([429, 500, 502, 503, 504])('tries again after %d', (status) => {
    expect(isTransient(toProblem(status, null))).toBe(true);
  });

  it.each([400, 401, 404, 409, 413, 422])('does not try again after %d', (status) => {
    expect(isTransient(toProblem(status, null))).toBe(false);
  });

  it('tries again when no answer came, not when the page itself fails', () => {
    expect(isTransient(new ConnectionLost('x'))).toBe(true);
    expect(isTransient(new TypeError('x is not a function'))).toBe(false);
  });
});

describe('explain', () => {
  it('says what happened and what to do', () => {
    expect(explain(new ConnectionLost('x'))).toEqual({
      what: 'Rowpress can’t be reached.',
      todo: 'Check the connection, and try again. Nothing is done twice by that.',
    });
    expect(explain(toProblem(404, { code: 'not_found', detail: 'There is no such request.' })).what).toBe(
      'There is no such request.',
    );
    expect(explain(toProblem(503, { code: 'new_code', detail: 'Busy.' }))).toEqual({
      what: 'Busy.',
      todo: 'Try again in a moment.',
    });
    expect(explain(new Error('secret detail of a bug')).what).toBe('Something went wrong on this page.');
  });

  it('asks for a key when the caller is not known, but not when a storage refuses', () => {
    expect(explain(toProblem(401, { message: 'Unauthorized' })).what).toContain('API key');
    expect(explain(toProblem(403, { message: 'Forbidden' })).what).toContain('API key');
    expect(explain(new ApiProblem(403, { code: 'storage_refused', detail: 'Late.' })).what).toBe('Late.');
  });
});
