import { ImageOptions, optionFields } from '../images/image-options.ts';
import { WebhookUrl } from '../webhooks/webhook-url.ts';

export type OptionProblem = { field: string; code: 'invalid_option' | 'unknown_option'; message: string };

export type SubmitOptions =
  | { options: ImageOptions; webhookUrl: string | undefined; problems?: never }
  | { problems: OptionProblem[]; webhookUrl: string | undefined };

/**
 * Fields of a form, a query or S3 metadata, laid over the deployment's defaults; every bad one is named. Unknown names are
 * passed over, for S3's clients leave some of their own (`mtime`, `s3cmd-attrs`), unless they are to be refused.
 */
export function readSubmitOptions(
  fields: Readonly<Record<string, string>>,
  defaults: ImageOptions,
  { refuseUnknown = false } = {},
): SubmitOptions {
  const { webhookUrl, rest } = splitWebhook(fields);
  const schema = refuseUnknown ? ImageOptions : ImageOptions.strip();
  const options = schema.safeParse({ ...defaults, ...optionFields(rest) });
  const webhook = WebhookUrl.optional().safeParse(webhookUrl);
  if (options.success && webhook.success) return { options: options.data, webhookUrl: webhook.data };
  const problems = (options.error?.issues ?? []).map((issue): OptionProblem =>
    issue.code === 'unrecognized_keys'
      ? { field: issue.keys.join(', '), code: 'unknown_option', message: issue.message }
      : { field: issue.path.join('.'), code: 'invalid_option', message: issue.message },
  );
  if (!webhook.success) {
    const message = 'webhookUrl must be an http:// or https:// address of at most 2048 characters';
    problems.push({ field: 'webhookUrl', code: 'invalid_option', message });
  }
  // Even a caller with bad options can be told so.
  return { problems, webhookUrl: webhook.data };
}

/** S3 metadata knows lower case only, so names are compared without it. */
function splitWebhook(fields: Readonly<Record<string, string>>) {
  const isWebhook = (name: string) => name.toLowerCase() === 'webhookurl';
  const entries = Object.entries(fields);
  const webhookUrl = entries.find(([name, value]) => isWebhook(name) && value.trim() !== '')?.[1].trim();
  return { webhookUrl, rest: Object.fromEntries(entries.filter(([name]) => !isWebhook(name))) };
}
