import { posix } from 'node:path';
import type { Context } from '../context.ts';
import { csvFile } from '../csv-file.ts';
import { deliverResults, type DeliveryFlags } from '../deliver-results.ts';
import { putIntoDropFolder } from '../drop-folder.ts';
import { CliError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { imageOptions, type ImageFlags } from '../image-options.ts';
import { retrying } from '../retry.ts';
import { say, sayJson } from '../session.ts';

export type DropFlags = ImageFlags & DeliveryFlags & { bucket: string; wait?: boolean };

const NEWEST = 50;
const LOOK_EVERY_MS = 1_000;
const LOOKS = 120;

/** `rowpress drop FILE`: into the drop folder; with `--wait`, the same as `run` from there on. */
export const dropFile = async (file: string, flags: DropFlags, context: Context): Promise<ExitCode> => {
  const { session } = context;
  const csv = await csvFile(file);
  const before = flags.wait ? await dropsOf(csv.name, context) : [];
  const drop = { bucket: flags.bucket, file: csv, options: imageOptions(flags) };
  const key = await putIntoDropFolder(drop, session.signal);
  const place = `s3://${flags.bucket}/${key}`;
  if (flags.wait) {
    say(session.stderr, `Dropped as ${place}`);
    return deliverResults(await newDropOf(csv.name, before, context), { file, flags }, context);
  }
  if (flags.json) sayJson(session.stdout, { bucket: flags.bucket, key });
  else say(session.stdout, place);
  return ExitCode.done;
};

/** Ids of the recent requests that came from a dropped file of this name. */
const dropsOf = async (name: string, { client }: Context): Promise<string[]> => {
  const { requests } = await client.requests(NEWEST);
  return requests
    .filter(({ source, fileName }) => source === 'drop' && posix.basename(fileName) === name)
    .map(({ requestId }) => requestId);
};

/** Compares ids, not times: this machine's clock may be wrong. */
const newDropOf = async (name: string, before: readonly string[], context: Context): Promise<string> => {
  const { session } = context;
  for (let look = 0; look < LOOKS; look++) {
    const ids = await retrying(
      () => dropsOf(name, context),
      session,
      (text) => say(session.stderr, text),
    );
    const found = ids.find((id) => !before.includes(id));
    if (found !== undefined) return found;
    await session.sleep(LOOK_EVERY_MS);
  }
  throw new CliError(
    ExitCode.unfinished,
    `No new request for ${name} has appeared in ${(LOOKS * LOOK_EVERY_MS) / 1000} s. ` +
      'Do the bucket and the endpoint belong together? Should it appear yet: rowpress list',
  );
};
