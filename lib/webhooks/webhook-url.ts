import * as z from 'zod';
import { parseTarget } from '../outbound/url.ts';

/** A webhook address is checked again, with its host's addresses, whenever it is called. */
export const WebhookUrl = z
  .url({ protocol: /^https?$/ })
  .max(2048)
  .refine(isTarget);

function isTarget(url: string): boolean {
  try {
    parseTarget(url);
    return true;
  } catch {
    return false;
  }
}
