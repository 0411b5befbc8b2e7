import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-codes.ts';

/** A CSV on this machine's disk; `size` in bytes. */
export type CsvFile = { path: string; name: string; size: number };

/** Throws when there is no such file, before anything is sent. */
export const csvFile = async (path: string): Promise<CsvFile> => {
  const info = await stat(path);
  if (!info.isFile()) throw new CliError(ExitCode.usage, `${path} is not a file`);
  return { path, name: basename(path), size: info.size };
};
