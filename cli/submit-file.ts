import { randomUUID } from 'node:crypto';
import type { CsvFile } from './csv-file.ts';
import type { Context } from './context.ts';
import { CliError, systemCode, TransientError } from './errors.ts';
import { ExitCode } from './exit-codes.ts';
import { formatBytes, formatCount } from './format.ts';
import type { ImageOptions } from './image-options.ts';
import { rowProblemLines } from './problems.ts';
import { retrying } from './retry.ts';
import { say, type Session } from './session.ts';

/** In base64 it must fit, with the event around it, into the 6 MB of a Lambda call. */
const DIRECT_MAX_BYTES = 4_000_000;

/** What the server answered; the fields beyond the id differ between the two ways. */
export type Submitted = { requestId: string };

/** Uploads the file, small ones directly, larger ones to storage, and tells what became of it. */
export const submitFile = (file: CsvFile, options: ImageOptions, context: Context): Promise<Submitted> => {
  say(context.session.stderr, `Uploading ${file.name} (${formatBytes(file.size)})`);
  return file.size <= DIRECT_MAX_BYTES ? direct(file, options, context) : presigned(file, options, context);
};

const direct = async (file: CsvFile, options: ImageOptions, { client, session }: Context): Promise<Submitted> => {
  const accepted = await submitOnce(session, (key) => client.upload(file, options, key));
  const { requestId, products, images, rejectedRows } = accepted;
  say(session.stderr, `Request ${requestId}: ${formatCount(products)} products, ${formatCount(images)} images`);
  if (rejectedRows.count > 0) {
    const lines = rowProblemLines(rejectedRows.first, rejectedRows.count);
    say(session.stderr, [`Rows that can't be used: ${formatCount(rejectedRows.count)}`, ...lines].join('\n'));
  }
  return accepted;
};

const presigned = async (file: CsvFile, options: ImageOptions, { client, session }: Context): Promise<Submitted> => {
  const { upload, ...slot } = await submitOnce(session, (key) => client.createUpload(file.name, options, key));
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

/** Makes one request, however often it is asked for: a lost answer may stand for an accepted one, so all carry one key. */
const submitOnce = <T>(session: Session, submit: (idempotencyKey: string) => Promise<T>): Promise<T> => {
  const key = randomUUID();
  let isFirst = true;
  const attempt = async () => {
    try {
      return await submit(key);
    } catch (error) {
      if (isFirst && isNobodyThere(error)) throw new CliError(ExitCode.unreachable, error.message, { cause: error });
      throw error;
    } finally {
      isFirst = false;
    }
  };
  return retrying(attempt, session, (text) => say(session.stderr, text));
};

/** Said of an endpoint that never answered, it is more likely wrong than away: waiting would not help. */
const isNobodyThere = (error: unknown): error is TransientError =>
  error instanceof TransientError && NOBODY_THERE.has(systemCode(error));

const NOBODY_THERE: ReadonlySet<string | undefined> = new Set(['ECONNREFUSED', 'ENOTFOUND']);
