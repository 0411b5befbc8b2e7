import type { Context } from '../context.ts';
import { csvFile } from '../csv-file.ts';
import { deliverResults, resultFolder, type DeliveryFlags } from '../deliver-results.ts';
import { ExitCode } from '../exit-codes.ts';
import { imageOptions, type ImageFlags } from '../image-options.ts';
import { say, sayJson } from '../session.ts';
import { submitFile } from '../submit-file.ts';

export type RunFlags = ImageFlags & DeliveryFlags & { wait: boolean };

/** `rowpress run FILE`: upload, wait, save the results. */
export const run = async (file: string, flags: RunFlags, context: Context): Promise<ExitCode> => {
  const csv = await csvFile(file);
  // A folder that can't be made is found out before the work, not after it.
  await resultFolder(file, flags);
  const answer = await submitFile(csv, imageOptions(flags), context);
  if (flags.wait) return deliverResults(answer.requestId, { file, flags }, context);
  const { stdout } = context.session;
  if (flags.json) sayJson(stdout, answer);
  else say(stdout, answer.requestId);
  return ExitCode.done;
};
