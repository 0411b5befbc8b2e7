import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { say, sayJson } from '../session.ts';

export type RedeliverFlags = { json?: boolean };

export const REDELIVER_HELP = `
It keeps its webhook-id, so a receiver that took it before can tell. The attempts follow the whole schedule anew;
"rowpress status <id> --json" shows them. While a delivery is still under way, nothing is added to it.`;

/** `rowpress redeliver ID`: has the webhook delivered once more. */
export const redeliver = async (
  requestId: string,
  flags: RedeliverFlags,
  { client, session }: Context,
): Promise<ExitCode> => {
  const { webhook } = await client.status(requestId);
  if (!webhook) throw new CliError(ExitCode.refused, `Request ${requestId} names no webhook.`);
  const answer = await client.redeliver(requestId, webhook.deliveryId);
  if (flags.json) sayJson(session.stdout, answer);
  else say(session.stdout, `${answer.deliveryId} ${answer.status}`);
  return ExitCode.done;
};
