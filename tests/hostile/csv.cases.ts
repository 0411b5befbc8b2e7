import { FILES } from './csv-files.ts';
import { FORMULAS, HARMLESS, SEPARATORS, WORKING_FORMULAS } from './csv-formulas.ts';
import { ROWS_AND_HEADERS } from './csv-rows.ts';
import { count, type HostileClass } from './hostile-class.ts';

/** All that is tried file by file. */
export const csvClasses = [...FILES, ...ROWS_AND_HEADERS];

/** Of files, and of spreadsheets. */
export const DELIMITERS = [',', ';', '\t', '|'];

/** In the serial number, the name, another column, one beyond the header, and a heading. */
export const FORMULA_PLACES = 5;

export const formulas: HostileClass = {
  area: 'csv',
  input: 'Formulas, DDE and what may stand before them, in every place of a row',
  ends: 'neutralised in the CSV, raw in JSON, restored when the CSV comes back',
  bound: '5 s in all',
  cases: (FORMULAS.length + HARMLESS.length) * FORMULA_PLACES,
};

/** Each formula behind each separator, in files of each delimiter, read with each other one. */
export const splitFormulas: HostileClass = {
  area: 'csv',
  input: 'Formulas behind a separator or line break within a cell, read with every other list separator',
  ends: 'no formula, wherever the spreadsheet cuts; restored when the CSV comes back',
  bound: '5 s in all',
  cases: WORKING_FORMULAS.length * SEPARATORS.length * DELIMITERS.length * (DELIMITERS.length - 1),
};

export const sentRows: HostileClass = {
  area: 'csv',
  input: 'The products of every row and header above, as messages of SQS',
  ends: 'taken, and received as they were',
  bound: 'the characters of XML 1.0',
  cases: ROWS_AND_HEADERS.reduce((sum, { cases }) => sum + cases, 0),
};

export const manyRows: HostileClass = {
  area: 'csv',
  input: 'A file of so many rows, every tenth of which is ragged',
  ends: 'as many products and rows of the result',
  bound: 'a heap of 48 MB',
  cases: count(200_000, 1_000_000),
};

export const sameRecords: HostileClass = {
  area: 'csv',
  input: 'Random records in random dialects, encodings and chunks',
  ends: 'the same records, also after export, import and export',
  bound: 'linear',
  cases: count(1_000, 50_000),
};

export const anyText: HostileClass = {
  area: 'csv',
  input: 'Random text: open quotes, stray delimiters, line ends of all kinds',
  ends: 'every row accounted for, or a code of its own; the export holds the same rows',
  bound: 'linear',
  cases: count(3_000, 200_000),
};

export const classes: HostileClass[] = [
  ...csvClasses,
  formulas,
  splitFormulas,
  sentRows,
  manyRows,
  sameRecords,
  anyText,
];
