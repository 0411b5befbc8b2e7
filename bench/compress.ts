import { join } from 'node:path';
import { inChild } from './child.ts';
import { writeCsv } from './csv.ts';
import type { BenchOptions } from './options.ts';
import { ensurePhotos, photoFile, startPhotoHost } from './photos.ts';
import type { PipelineInput, PipelineRun } from './programs/in-process.ts';
import type { RawInput, RawRun } from './programs/raw-sharp.ts';
import { spread, table } from './report.ts';
import type { Cost } from './timed.ts';
import { startWhole } from './whole.ts';
import { startWorld } from './world.ts';

const IMAGES_PER_PRODUCT = 4;
/** Encodes at once, as ENCODES_AT_ONCE has it; also pages at once, as `npm start` has it on two cores. */
const AT_ONCE = 2;

/** Each has more between the photo and its result than the one above. */
const WAYS = {
  raw: 'sharp alone, from memory',
  checked: 'lib/images, from memory',
  inProcess: 'the functions in one process, on the embedded stack',
  whole: 'all of it, as `npm start` runs it',
};
type Round = Record<keyof typeof WAYS, Cost>;

/** Images per second from the upload to the result file, against sharp alone on the same photos. */
export async function benchCompress({ scratch, images, latency, rounds, effort }: BenchOptions): Promise<string> {
  await ensurePhotos();
  using host = await startPhotoHost(photoFile, latency);
  await using world = await startWorld(scratch);
  await using whole = await startWhole(scratch);
  const csvOf = (name: string, rows: number) =>
    writeCsv(join(scratch, name), { rows, imagesPerRow: IMAGES_PER_PRODUCT, urlOf: host.urlOf });
  const products = Math.ceil(images / IMAGES_PER_PRODUCT);
  const count = products * IMAGES_PER_PRODUCT;
  const [warmUp, csv] = [await csvOf('warm-up.csv', 4), await csvOf('photos.csv', products)];
  const files = Array.from({ length: count }, (_, nth) => photoFile(nth));
  const rawInput: RawInput = { files, atOnce: AT_ONCE, effort };
  const input: PipelineInput = { warmUp, csv, pagesAtOnce: AT_ONCE, effort };

  const measured: Round[] = [];
  await whole.run(warmUp, effort);
  // In turns, so that whatever else the machine does meanwhile weighs on all ways alike.
  while (measured.length < rounds) {
    const { raw, checked } = await inChild<RawRun>('raw-sharp', rawInput);
    const { cost: inProcess } = await inChild<PipelineRun>('in-process', input, world);
    measured.push({ raw, checked, inProcess, whole: await whole.run(csv, effort) });
  }
  const conditions = `effort ${effort}, ${latency} ms latency, ${AT_ONCE} at once`;
  return report(`Compress: ${count} photos of 1 to 4 megapixels, ${conditions}`, count, measured);
}

/** Ratios are taken within a round; processor time is that of the functions' process, without the stack's. */
function report(title: string, images: number, rounds: Round[]): string {
  const ways = Object.keys(WAYS) as (keyof Round)[];
  const ratios = (way: keyof Round, of: keyof Cost) =>
    rounds.flatMap((round) => {
      const [raw, own] = [round.raw[of], round[way][of]];
      return raw === undefined || own === undefined ? [] : [raw / own];
    });
  const perSecond = (way: keyof Round) => rounds.map((round) => images / round[way].seconds);
  return table(
    `${title}; medians of ${rounds.length} rounds (least–most)`,
    ['', 'images/s', 'against sharp', 'by processor time'],
    ways.map((way) => [
      WAYS[way],
      spread(perSecond(way), 1),
      spread(ratios(way, 'seconds'), 2),
      spread(ratios(way, 'cpuSeconds'), 2),
    ]),
  );
}
