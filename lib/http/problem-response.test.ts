import { beforeEach, expect, test, vi } from 'vitest';
import { CsvFileError } from '../csv/csv-error.ts';
import { logger } from '../logger.ts';
import { Problem, type ProblemCode } from '../requests/problem.ts';
import { PROBLEMS, problemResponse } from './problem-response.ts';

const logged = vi.spyOn(logger, 'error').mockReturnValue(undefined);
beforeEach(() => void logged.mockClear());

const bodyOf = (error: unknown): unknown => JSON.parse(problemResponse(error).body!);

test.each(Object.entries(PROBLEMS))('%s is told with its status and title', (code, { status, title }) => {
  const answer = problemResponse(new Problem(code as ProblemCode, 'What is wrong.'));
  expect(answer).toMatchObject({
    statusCode: status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  });
  expect(JSON.parse(answer.body!)).toEqual({ type: 'about:blank', title, status, detail: 'What is wrong.', code });
  expect(status).toBeGreaterThanOrEqual(400);
});

test('details are told one by one', () => {
  const errors = [{ field: 'quality', code: 'invalid_option', message: 'quality must be …' }];
  expect(bodyOf(new Problem('invalid_options', 'Some options are not understood.', errors))).toMatchObject({ errors });
});

test('a refused file is told with its reason', () => {
  const error = new CsvFileError('too_many_rows', 'The file has more than 5 rows.', { maxRows: 5 });
  expect(bodyOf(error)).toMatchObject({ status: 422, code: 'too_many_rows', detail: 'The file has more than 5 rows.' });
});

test('what is meant for the caller is no error of ours', () => {
  problemResponse(new Problem('not_found', 'There is no such request.'));
  expect(logged).not.toHaveBeenCalled();
});

const secret = 'rowpress-data at arn:aws:s3:::bucket';

test.each([
  ['an error', new Error(secret), 500, 'internal_error'],
  [
    'an error that looks like a problem',
    Object.assign(new Error(secret), { code: 'not_found' }),
    500,
    'internal_error',
  ],
  ['text', secret, 500, 'internal_error'],
  ['nothing', undefined, 500, 'internal_error'],
  ['trouble of AWS', Object.assign(new Error(secret), { $metadata: {} }), 503, 'unavailable'],
])('%s is logged, and told without a word of the inside', (_name, error, status, code) => {
  const answer = problemResponse(error);
  expect(answer.statusCode).toBe(status);
  expect(JSON.parse(answer.body!)).toMatchObject({ status, code });
  expect(JSON.stringify(answer)).not.toMatch(/rowpress-data|arn:|at .*\.ts/);
  expect(logged).toHaveBeenCalledOnce();
});

test('who hears 503 hears when to try again', () => {
  expect(problemResponse(Object.assign(new Error(), { $metadata: {} })).headers).toMatchObject({ 'retry-after': '5' });
  expect(problemResponse(new Problem('not_found', '')).headers).not.toHaveProperty('retry-after');
});
