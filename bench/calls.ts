import { join } from 'node:path';
import sharp from 'sharp';
import { inChild } from './child.ts';
import { writeCsv } from './csv.ts';
import type { BenchOptions } from './options.ts';
import { startPhotoHost } from './photos.ts';
import type { PipelineInput, PipelineRun } from './programs/in-process.ts';
import { table } from './report.ts';
import { startWorld } from './world.ts';

const PRODUCTS = 250;
const IMAGES_PER_PRODUCT = 4;
/** What Lambda's own poller does, not the functions. */
const OF_THE_POLLER = new Set(['ReceiveMessage', 'DeleteMessageBatch']);

/** Calls to AWS for each image, which is what a large catalogue costs. */
export async function benchCalls({ scratch, effort }: BenchOptions): Promise<string> {
  const icon = join(scratch, 'icon.jpg');
  await sharp({ create: { width: 64, height: 64, channels: 3, background: '#a52' } }).toFile(icon);
  using host = await startPhotoHost(() => icon);
  await using world = await startWorld(scratch);
  const csvOf = (name: string, rows: number) =>
    writeCsv(join(scratch, name), { rows, imagesPerRow: IMAGES_PER_PRODUCT, urlOf: host.urlOf });
  const [warmUp, csv] = [await csvOf('one.csv', 1), await csvOf('icons.csv', PRODUCTS)];
  const input: PipelineInput = { warmUp, csv, pagesAtOnce: 2, effort };
  const { calls } = await inChild<PipelineRun>('in-process', input, world);

  const images = PRODUCTS * IMAGES_PER_PRODUCT;
  const kinds = Object.entries(calls).sort(([, a], [, b]) => b - a);
  const own = kinds.filter(([kind]) => !OF_THE_POLLER.has(kind));
  const row = (kind: string, count: number) => [kind, String(count), (count / images).toFixed(3)];
  const sum = own.reduce((total, [, count]) => total + count, 0);
  return table(
    `Calls: ${PRODUCTS} products with ${IMAGES_PER_PRODUCT} images each`,
    ['', 'calls', 'per image'],
    [
      ...own.map(([kind, count]) => row(kind, count)),
      row('all of the functions', sum),
      ...kinds.filter(([kind]) => OF_THE_POLLER.has(kind)).map(([kind, count]) => row(`poller: ${kind}`, count)),
    ],
  );
}
