import { createHmac } from 'node:crypto';

export type WebhookMessage = {
  /** The same over all attempts at one delivery. */
  id: string;
  /** Of this attempt, in seconds since 1970. */
  timestamp: number;
  payload: string;
};

const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;

/** The headers of Standard Webhooks 1.0: one signature per secret, so that a receiver may know the old or the new one. */
export function signatureHeaders(
  { id, timestamp, payload }: WebhookMessage,
  secrets: string[],
): Record<string, string> {
  const signatures = secrets.map((secret) => {
    const digest = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${payload}`).digest('base64');
    return `v1,${digest}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signatures.join(' ') };
}

/** Signing by an empty or short key would let anyone forge, so a bad secret is an error; the message doesn't hold it. */
function keyOf(secret: string): Buffer {
  const key = Buffer.from(SECRET.exec(secret)?.[1] ?? '', 'base64');
  if (key.length < 24 || key.length > 64) {
    throw new TypeError('A webhook secret is "whsec_" and the base64 of 24 to 64 bytes.');
  }
  return key;
}
