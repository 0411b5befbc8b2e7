import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { expect, it } from 'vitest';
import { RESULT_COLUMNS } from '../../lib/csv/own-columns.ts';
import { sampleCsv, sampleProducts } from '../catalogue.ts';
import { checkResults } from './check-results.ts';
import { isOutput } from './expected.ts';

/** A result as it should be, but for what `change` does to its rows. */
function resultCsv(change: (rows: string[][]) => void = () => undefined): string {
  const [header = [], ...inputs] = parse(sampleCsv());
  const rows = sampleProducts().map(({ images }, at) => {
    const outputs = images.map(({ outcome }) => (isOutput(outcome) ? 'https://images.example/1.jpg' : ''));
    const errors = images.flatMap(({ outcome }, slot) =>
      isOutput(outcome) ? [] : [`image ${slot + 1}: ${outcome}: No.`],
    );
    if (images.length === 0) errors.push('no_images: No image.');
    const status = errors.length === 0 ? 'COMPLETED' : outputs.some((url) => url !== '') ? 'PARTIAL' : 'FAILED';
    return [...inputs[at]!, outputs.join(','), status, errors.join('; '), '2', '1'];
  });
  change(rows);
  return `\uFEFF${stringify([[...header, ...RESULT_COLUMNS], ...rows])}`;
}

it('has nothing to say of a result that is as the catalogue tells', () => {
  expect(checkResults(resultCsv())).toEqual([]);
});

it('takes the apostrophe before a formula for what it is', () => {
  expect(checkResults(resultCsv((rows) => (rows[26]![1] = `'${rows[26]![1]!}`)))).toEqual([]);
});

it.each<[string, (rows: string[][]) => void]>([
  ['a row is missing', (rows) => rows.pop()],
  ['two rows changed places', (rows) => rows.splice(1, 2, rows[2]!, rows[1]!)],
  ['a cell changed', (rows) => (rows[3]![4] = '80')],
  ['an output is missing', (rows) => (rows[0]![5] = 'https://images.example/1.jpg,')],
  ['an error has another code', (rows) => (rows[30]![7] = rows[30]![7]!.replace('http_error', 'timeout'))],
  ['a status is wrong', (rows) => (rows[35]![6] = 'COMPLETED')],
])('tells when %s', (_, change) => {
  expect(checkResults(resultCsv(change))).not.toEqual([]);
});
