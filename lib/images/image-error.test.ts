import { expect, it } from 'vitest';
import { ImageError } from './image-error.ts';

it('takes meaning and retryability from the table', () => {
  expect(new ImageError('timeout')).toMatchObject({ message: 'The server took too long.', retryable: true });
  expect(new ImageError('not_found', { httpStatus: 404 })).toMatchObject({ retryable: false, httpStatus: 404 });
});

it('lets one case overrule the table', () => {
  const cause = new Error('inner');
  const error = new ImageError('http_error', { message: 'HTTP 401.', retryable: false, retryAfterMs: 5, cause });
  expect(error).toMatchObject({ message: 'HTTP 401.', retryable: false, retryAfterMs: 5, cause });
});
