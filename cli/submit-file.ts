import type { CsvFile } from './csv-file.ts';
import type { Context } from './context.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-codes.ts';
import { formatBytes, formatCount } from './format.ts';
import type { ImageOptions } from './image-options.ts';
import { rowProblemLines } from './problems.ts';
import { retrying } from './retry.ts';
import { say } from './session.ts';

/** In base64 it must fit, with the event around it, into the 6 MB of a Lambda call. */
const DIRECT_MAX_BYTES = 4_000_000;

/** What the server answered; the fields beyond the id differ between the two ways. */
export type Submitted = { requestId: string };

/** Uploads the file, small ones directly, larger ones to storage, and tells what became of it. */
export const submitFile = (file: CsvFile, options: ImageOptions, context: Context): Promise<Submitted> => {
  say(context.session.stderr, `Uploading ${file.name} (${formatBytes(file.size)})`);
  return file.size <= DIRECT_MAX_BYTES ? direct(file, options, context) : presigned(file, options, context);
};

/** Never repeated: a lost answer may stand for an accepted request. */
const direct = async (file: CsvFile, options: ImageOptions, { client, session }: Context): Promise<Submitted> => {
  const accepted = await client.upload(file, options);
  const { requestId, products, images, rejectedRows } = accepted;
  say(session.stderr, `Request ${requestId}: ${formatCount(products)} products, ${formatCount(images)} images`);
  if (rejectedRows.count > 0) {
    const lines = rowProblemLines(rejectedRows.first, rejectedRows.count);
    say(session.stderr, [`Rows that can't be used: ${formatCount(rejectedRows.count)}`, ...lines].join('\n'));
  }
  return accepted;
};

const presigned = async (file: CsvFile, options: ImageOptions, { client, session }: Context): Promise<Submitted> => {
  const { upload, ...slot } = await client.createUpload(file.name, options);
  if (file.size > upload.maxBytes) {
    throw new CliError(
      ExitCode.refused,
      `${file.name} is larger than the server takes (${formatBytes(upload.maxBytes)})`,
    );
  }
  await retrying(
    () => client.sendTo(upload, file),
    session,
    (text) => say(session.stderr, text),
  );
  say(session.stderr, `Request ${slot.requestId}: uploaded`);
  return slot;
};
