import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { emulatorClients } from '../../infra/local/aws.ts';
import { startStack } from '../../infra/local/stack.ts';
import { openQueue } from '../../lib/aws/queue.ts';
import { CsvFileError } from '../../lib/csv/csv-error.ts';
import { DEFAULT_CSV_LIMITS } from '../../lib/csv/limits.ts';
import { openCsv } from '../../lib/csv/read-products.ts';
import { collect, inChunks, readAll } from '../../lib/csv/test-kit.ts';
import { failedWriter, resultWriter } from '../../lib/csv/write-results.ts';
import { toRecord } from '../../lib/requests/product-record.ts';
import { rowProduct } from '../../lib/requests/row-product.ts';
import { A, type CsvCase, SECONDS } from './csv-case.ts';
import { csvClasses, DELIMITERS, FORMULA_PLACES, formulas, manyRows, sentRows, splitFormulas } from './csv.cases.ts';
import { FORMULAS, HARMLESS, SEPARATORS, WORKING_FORMULAS } from './csv-formulas.ts';
import { ROWS_AND_HEADERS } from './csv-rows.ts';

const bare = (text: string) => text.replaceAll("'", '');
const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;

async function problemOf({ name, file, refused, read }: CsvCase): Promise<string[]> {
  const source = file();
  const start = performance.now();
  const outcome = await open(inPieces(source));
  const faults: string[] = [];
  if (performance.now() - start > SECONDS * 1000) faults.push('took too long');
  if (outcome instanceof CsvFileError) {
    const { code, message } = outcome;
    if (refused?.code !== code || !refused.says.test(message)) faults.push(`refused as ${code}: ${message}`);
  } else {
    const errors = outcome.map(({ product }) => product.errors[0]?.code ?? null);
    if (outcome.length !== read?.rows) faults.push(`${outcome.length} rows`);
    if (read?.errors && String(errors) !== String(read.errors)) faults.push(`errors ${errors.join()}`);
    if (read?.holds?.(outcome) === false)
      faults.push(JSON.stringify(outcome.map(({ product }) => product)).slice(0, 300));
  }
  return faults.length > 0 ? [`${name}: ${faults.join('; ')}`] : [];
}

const inPieces = (source: Buffer | AsyncIterable<Uint8Array>) =>
  Buffer.isBuffer(source) ? inChunks(source, [65_536]) : source;

const productsOf = async (source: AsyncIterable<Uint8Array>) =>
  (await collect((await openCsv(source, DEFAULT_CSV_LIMITS)).rows)).map(({ product }) => product);

async function open(source: AsyncIterable<Uint8Array>) {
  try {
    return await collect((await openCsv(source, DEFAULT_CSV_LIMITS)).rows);
  } catch (error) {
    if (error instanceof CsvFileError) return error;
    throw error;
  }
}

describe.each(csvClasses)('$input', ({ list, ends, cases }) => {
  it(`ends as ${ends}`, async () => {
    const problems = [];
    for (const one of list) problems.push(await problemOf(one));
    expect(problems.flat()).toEqual([]);
    expect(problems).toHaveLength(cases);
  });
});

describe(formulas.input, () => {
  /** A row with the cell in four places, and once as a heading, as a caller would send it. */
  const fileWith = (cell: string) => {
    const text = quoted(cell);
    return `SKU,Name,Image,Note,${text}\n${text},${text},${A},${text},x,\n`;
  };
  const written = async (cell: string) => {
    const file = await readAll(fileWith(cell));
    const results = resultWriter(file);
    const outcome = { outputUrls: [''], status: 'FAILED', error: cell, bytesIn: 1, bytesOut: 1 };
    const failures = failedWriter(file);
    const rows = file.all.map(({ cells }) => cells);
    return {
      file,
      results: results.head() + rows.map((cells) => results.row(cells, outcome)).join(''),
      failures: failures.head() + rows.map((cells) => failures.row([...cells.slice(0, 5), cell], cell)).join(''),
    };
  };
  /** Read by a reader that knows nothing of apostrophes, as a spreadsheet does. */
  const asSeen = async (text: string) => {
    const { header, all } = await readAll(text.replace(/(Bytes Out|Rowpress Error)/, '$1 ?'));
    return [...header, ...all.flatMap(({ cells }) => cells)];
  };

  it(formulas.ends, async () => {
    let tried = 0;
    for (const cell of [...FORMULAS, ...HARMLESS]) {
      const isFormula = FORMULAS.includes(cell);
      // Behind separators within the cell there may be further apostrophes.
      const shows = (other: string) =>
        isFormula ? other.startsWith(`'${cell[0]}`) && bare(other) === bare(cell) : other === cell;
      const { file, results, failures } = await written(cell);
      for (const text of [results, failures]) {
        const seen = await asSeen(text);
        expect(seen.filter(shows).length, JSON.stringify(cell)).toBeGreaterThanOrEqual(FORMULA_PLACES);
        if (isFormula) expect(seen).not.toContain(cell);
      }
      const back = await readAll(results);
      expect(back.header).toEqual(file.header);
      expect(back.all.map(({ cells }) => cells.slice(0, 5))).toEqual(file.all.map(({ cells }) => cells.slice(0, 5)));
      const record = toRecord('R', rowProduct(file.all[0]!), []);
      expect([record.serial_number, record.product_name]).toEqual([cell.trim(), cell.trim()]);
      tried += FORMULA_PLACES;
    }
    expect(tried).toBe(formulas.cases);
  });
});

it(`${splitFormulas.input}: ${splitFormulas.ends}`, async () => {
  let tried = 0;
  for (const own of DELIMITERS) {
    for (const cell of WORKING_FORMULAS.flatMap((payload) => SEPARATORS.map((mark) => `Mug${mark}${payload}${mark}`))) {
      const file = await readAll(`SKU${own}Image${own}Note\n1${own}${A}${own}${quoted(cell)}\n`);
      const writer = failedWriter(file);
      const text = writer.head() + writer.row(['1', A, cell], cell);
      expect((await readAll(text)).all[0]?.cells).toEqual(['1', A, cell]);
      for (const delimiter of DELIMITERS.filter((other) => other !== own)) {
        // At worst no quote counts, and each separator and line break begins a cell.
        const seen = text.slice(1).split(new RegExp(`[\\${delimiter}\r\n]`));
        expect(seen.filter((part) => /^[\s\u200b"]*[=+\-@]/.test(part))).toEqual([]);
        tried += 1;
      }
    }
  }
  expect(tried).toBe(splitFormulas.cases);
});

it(`${sentRows.input}: ${sentRows.ends}`, async () => {
  const cases = ROWS_AND_HEADERS.flatMap(({ list }) => list);
  const sent = await Promise.all(cases.map(async ({ file }) => productsOf(inPieces(file()))));
  const stack = await startStack();
  const sqs = emulatorClients(stack.endpoint, 'eu-central-1').sqs;
  try {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'rows' }));
    await openQueue(QueueUrl ?? '', sqs).sendAll(sent);
    const received: unknown[] = [];
    while (received.length < sent.length) {
      const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      received.push(...(Messages ?? []).map(({ Body }): unknown => JSON.parse(Body ?? '')));
    }
    expect(received).toEqual(sent);
  } finally {
    sqs.destroy();
    await stack.stop();
  }
  expect(sent).toHaveLength(sentRows.cases);
});

it(`${manyRows.input}: ${manyRows.cases} in ${manyRows.bound}`, () => {
  const child = [`${import.meta.dirname}/csv-rows-child.ts`, String(manyRows.cases)];
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--max-old-space-size=48', ...child], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    products: manyRows.cases,
    lines: manyRows.cases,
    rejected: manyRows.cases / 10,
  });
});
