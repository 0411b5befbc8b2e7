import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { IMAGE_ERRORS } from '../../../lib/images/image-error.ts';
import { failureReason, failuresOf, retryCode } from './failure-reasons.ts';

const rowCodes = [...readFileSync('lib/csv/to-product.ts', 'utf8').matchAll(/problem\('(\w+)'/g)].map(
  ([, code]) => code!,
);

describe('failure reasons', () => {
  it.each([...Object.keys(IMAGE_ERRORS), ...rowCodes])('%s has plain words and something to do', (code) => {
    const { title, todo } = failureReason(code);
    expect(title).not.toBe(code.replaceAll('_', ' '));
    expect(todo).toMatch(/^[A-Z].*\.$/);
  });

  it('knows the codes of rows', () => expect(rowCodes.length).toBeGreaterThan(4));

  it('offers another try of images alone, and only where it may help', () => {
    const offered = (codes: string[]) =>
      failuresOf(Object.fromEntries(codes.map((code) => [code, 1]))).flatMap((failure) => retryCode(failure) ?? []);
    const mayHelp = Object.keys(IMAGE_ERRORS).filter((code) => failureReason(code).retry !== 'never');
    expect(offered(Object.keys(IMAGE_ERRORS))).toEqual(mayHelp.sort());
    expect(mayHelp).toContain('timeout');
    expect(mayHelp).not.toContain('invalid_url');
    expect(offered([...rowCodes, 'toString'])).toEqual([]);
  });

  it('expects of a retry what the server does', () => {
    for (const [code, { retryable }] of Object.entries(IMAGE_ERRORS)) {
      if (retryable) expect(failureReason(code).retry).toBe('likely');
    }
  });

  it('shows a code of a later version by its name', () => {
    expect(failureReason('image_on_strike').title).toBe('image on strike');
  });

  it('puts the most frequent first and leaves out what did not occur', () => {
    const codes = failuresOf({ timeout: 2, not_found: 7, forbidden: 0, dns_error: 2 }).map(({ code }) => code);
    expect(codes).toEqual(['not_found', 'dns_error', 'timeout']);
  });
});
