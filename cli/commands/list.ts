import type { RequestHead } from '../answers.ts';
import type { Context } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';
import { formatCount, formatTable } from '../format.ts';
import { say, sayJson } from '../session.ts';

export type ListFlags = { limit: number; json?: boolean };

const HEADER = ['REQUEST', 'STATUS', 'CREATED', 'IMAGES', 'FAILED', 'FILE'];

/** `rowpress list`: the newest requests. */
export const list = async (flags: ListFlags, { client, session }: Context): Promise<ExitCode> => {
  const answer = await client.requests(flags.limit);
  if (flags.json) sayJson(session.stdout, answer.requests);
  else say(session.stdout, formatTable([HEADER, ...answer.requests.map(row)]).join('\n'));
  return ExitCode.done;
};

const row = ({ requestId, status, createdAt, images, fileName }: RequestHead): string[] => [
  requestId,
  status,
  createdAt,
  formatCount(images.total),
  formatCount(images.failed),
  fileName,
];
