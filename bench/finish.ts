import { join } from 'node:path';
import { inChild, SMALL_HEAP } from './child.ts';
import { supplierUrl, writeCsv } from './csv.ts';
import type { BenchOptions } from './options.ts';
import type { FinishInput, FinishRun } from './programs/write-results.ts';
import { table, whole } from './report.ts';

const SIZES = [10_000, 200_000];
const IMAGES_PER_ROW = 3;

/** The result CSV of a settled request, from records that are at hand: what reading, checking and writing them costs. */
export async function benchFinish({ scratch }: BenchOptions): Promise<string> {
  const lines: string[][] = [];
  for (const rows of SIZES) {
    const file = join(scratch, `${rows}.csv`);
    await writeCsv(file, { rows, imagesPerRow: IMAGES_PER_ROW, urlOf: supplierUrl });
    const input: FinishInput = { file, rows, imagesPerRow: IMAGES_PER_ROW };
    const { seconds, bytes, peakMb } = await inChild<FinishRun>('write-results', input, { flags: SMALL_HEAP });
    lines.push([whole(rows), whole(rows / seconds), whole(bytes / 2 ** 20), whole(peakMb)]);
  }
  const title = `Finish: the result CSV with ${IMAGES_PER_ROW} images a row, records and file in memory, a heap of 128 MB; one run each`;
  return table(title, ['rows', 'rows/s', 'MB written', 'peak MB'], lines);
}
