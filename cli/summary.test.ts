import { describe, expect, it } from 'vitest';
import { exitCodeFor, summaryLines } from './summary.ts';
import { REQUEST_ID, completed, completedWithErrors, failed, processing } from './testing/example-answers.ts';

describe('summaryLines', () => {
  it('tells counts, failures by code with the most frequent first, bytes, speed and files', () => {
    expect(summaryLines(completedWithErrors, { results: 'a.results.csv', failedRows: 'a.failed.csv' })).toEqual([
      `Request      ${REQUEST_ID}  COMPLETED_WITH_ERRORS`,
      'File         products.csv',
      'Products     4 (2 completed, 1 partial, 1 failed)',
      'Images       10 (7 compressed, 3 failed)',
      'Failures     not_found 2, timeout 1',
      'Bytes        2.0 MB in, 800.0 kB out, saved 60%',
      'Speed        2.5 images/s in 4 s',
      'Results      a.results.csv',
      'Failed rows  a.failed.csv',
    ]);
  });

  it('leaves out what a clean or unfinished request does not have', () => {
    expect(summaryLines(completed).map((line) => line.split(' ')[0])).toEqual([
      'Request',
      'File',
      'Products',
      'Images',
      'Bytes',
      'Speed',
    ]);
    expect(summaryLines(processing)).toContain('Progress  50%  5/10 images  2.5/s  2 s left  saved 60%');
  });

  it('gives the reason of a failed request', () => {
    expect(summaryLines(failed)).toContain('Error     No column holds image URLs. (no_header)');
  });

  it('gives no speed where nothing was to be done', () => {
    expect(
      summaryLines({ ...completed, progress: { ...completed.progress, imagesPerSecond: 0 } }).join(),
    ).not.toContain('Speed');
  });
});

describe('exitCodeFor', () => {
  it.each([
    [completed, false, 0],
    [completedWithErrors, false, 1],
    [completedWithErrors, true, 0],
    [failed, true, 3],
    [{ ...failed, status: 'CANCELLED' as const }, false, 3],
    [processing, true, 5],
  ])('case %#: %j with allowFailures %s is %d', (status, allowFailures, code) => {
    expect(exitCodeFor(status, allowFailures)).toBe(code);
  });
});
