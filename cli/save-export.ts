import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { ApiClient } from './api-client.ts';
import { TransientError } from './errors.ts';

export type Export = { requestId: string; rows: 'all' | 'failed'; target: string };

/** Downloads a CSV to `target`, which is replaced only by a whole file. */
export const saveExport = async (client: ApiClient, { requestId, rows, target }: Export): Promise<void> => {
  const { body } = await client.exportCsv(requestId, rows);
  const part = `${target}.part`;
  try {
    await pipeline(body ?? [], createWriteStream(part));
    await rename(part, target);
  } catch (error) {
    await rm(part, { force: true });
    // undici's word for a connection that broke while the body was read.
    if (error instanceof TypeError) throw new TransientError(`The download of ${target} broke off`, { cause: error });
    throw error;
  }
};
