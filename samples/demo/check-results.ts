import { parse } from 'csv-parse/sync';
import { RESULT_COLUMNS } from '../../lib/csv/own-columns.ts';
import { sampleCsv, sampleProducts, type SampleProduct } from '../catalogue.ts';
import { isOutput } from './expected.ts';

/** Compares a result CSV with the sample and the catalogue, every row, column and slot; tells what differs. */
export function checkResults(resultCsv: string): string[] {
  const [inputHeader = [], ...inputRows] = readCsv(sampleCsv());
  const [header = [], ...rows] = readCsv(resultCsv);
  const products = sampleProducts();
  const found = [header, ...rows.map((cells) => outcomeOf(cells, inputHeader.length))];
  const expected = [
    [...inputHeader, ...RESULT_COLUMNS],
    ...products.map((product, at) => [...(inputRows[at] ?? []), ...expectedOutcome(product)]),
  ];
  return Array.from({ length: Math.max(found.length, expected.length) }, (_, line) => {
    const [is, should] = [found[line], expected[line]].map((cells) => cells?.join(' | ') ?? 'missing');
    return is === should ? [] : [`line ${line + 1} of the result CSV is\n  ${is ?? ''}, not\n  ${should ?? ''}`];
  }).flat();
}

const readCsv = (csv: string): string[][] => parse(csv, { bom: true });

/** A row's input cells, its status, which slots have an output, and the codes of its errors. */
function outcomeOf(cells: string[], inputs: number): string[] {
  const [outputs = '', status = '', error = ''] = cells.slice(inputs);
  return [...cells.slice(0, inputs).map(withoutApostrophe), status, slots(outputs.split(',')), codesIn(error)];
}

function expectedOutcome({ images }: SampleProduct): string[] {
  const outputs = images.map(({ outcome }) => isOutput(outcome));
  const errors = images.flatMap(({ outcome }, at) => (isOutput(outcome) ? [] : [`${at + 1}:${outcome}`]));
  const status = outputs.includes(true) ? (outputs.includes(false) ? 'PARTIAL' : 'COMPLETED') : 'FAILED';
  if (images.length === 0) return [status, slots(['']), 'row:no_images'];
  return [status, slots(outputs), errors.join(' ')];
}

/** A cell that a spreadsheet would run as a formula comes back behind an apostrophe. */
const withoutApostrophe = (cell: string) => cell.replace(/^'(?=[=+\-@])/, '');

const slots = (outputs: (string | boolean)[]) => outputs.map((output) => (output ? 'image' : 'none')).join();

/** `image 2: not_found (HTTP 404): …; image 3: …` as `2:not_found 3:…`. */
const codesIn = (error: string) =>
  [...error.matchAll(/(?:^|; )(?:image (\d+): )?([a-z_]+)(?: \(HTTP \d+\))?: /g)]
    .map(([, image = 'row', code = '']) => `${image}:${code}`)
    .join(' ');
