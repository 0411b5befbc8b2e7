import { PutObjectCommand } from '@aws-sdk/client-s3';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inChild, SMALL_HEAP } from './child.ts';
import { supplierUrl, writeCsv } from './csv.ts';
import type { BenchOptions } from './options.ts';
import type { DropInput } from './programs/ingest-drop.ts';
import type { OwnInput } from './programs/ingest-own.ts';
import { median, table, whole } from './report.ts';
import type { Cost } from './timed.ts';
import { startWorld } from './world.ts';

/** Rows, and how often they are measured: short runs vary more. */
const SIZES = [
  { rows: 10_000, runs: 3 },
  { rows: 200_000, runs: 1 },
];
const IMAGES_PER_ROW = 3;

type Run = Cost & { peakMb: number };

/** From a CSV in S3 to its pages in the queue, and without either: what the reading, checking and cutting costs. */
export async function benchIngest({ scratch }: BenchOptions): Promise<string> {
  const rows: string[][] = [];
  for (const size of SIZES) {
    const file = join(scratch, `${size.rows}.csv`);
    await writeCsv(file, { rows: size.rows, imagesPerRow: IMAGES_PER_ROW, urlOf: supplierUrl });
    const drops = await repeat(size.runs, () => drop(file, scratch));
    const own = await repeat(size.runs, () =>
      inChild<Cost>('ingest-own', { file } satisfies OwnInput, { flags: SMALL_HEAP }),
    );
    rows.push(
      toRow('as a dropped file, on the embedded stack', size, drops),
      toRow('with stores and queues that do nothing', size, own),
    );
  }
  const title = `Ingest: rows with ${IMAGES_PER_ROW} image URLs, read twice; a process with a heap of 128 MB for each run`;
  return table(title, ['', 'rows', 'rows/s', 'peak MB', 'runs'], rows);
}

async function drop(file: string, scratch: string): Promise<Run> {
  await using world = await startWorld(scratch);
  const key = 'incoming/drop/bench.csv';
  const { size } = await stat(file);
  const { ETag = '' } = await world.aws.s3.send(
    new PutObjectCommand({ Bucket: world.dataBucket, Key: key, Body: createReadStream(file), ContentLength: size }),
  );
  return await inChild<Cost>('ingest-drop', { key, eTag: ETag } satisfies DropInput, { ...world, flags: SMALL_HEAP });
}

async function repeat(runs: number, run: () => Promise<Run>): Promise<Run[]> {
  const results: Run[] = [];
  while (results.length < runs) results.push(await run());
  return results;
}

function toRow(name: string, { rows, runs }: { rows: number; runs: number }, results: Run[]): string[] {
  const perSecond = median(results.map(({ seconds }) => rows / seconds));
  const peak = median(results.map(({ peakMb }) => peakMb));
  return [name, whole(rows), whole(perSecond), whole(peak), String(runs)];
}
