import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { resolve, type Scope } from './resolve.ts';

export type Variables = Record<string, string | undefined>;

/** What is different on a laptop: where things are, and how long anyone wants to wait. */
export type LocalPlace = { endpoint: string; apiUrl: string; imageBaseUrl: string; webhookSecret: string };

/** For every function, whether it declares them or not: defaults of their own would be AWS's. */
const EVERYWHERE = {
  // Image hosts and webhook receivers on the laptop itself.
  OUTBOUND_ALLOWED_HOSTS: '127.0.0.1,localhost',
  PAGE_RETRY_SECONDS: '1,4',
  WEBHOOK_RETRY_SECONDS: '2,5,10,20,40,60,60',
  // Lines for CloudWatch, which nobody reads here.
  POWERTOOLS_METRICS_DISABLED: 'true',
};

/**
 * The environment of one function in a local run. Of what it declares, a variable of the caller's shell wins, then what
 * is different on a laptop, then the declared value.
 */
export function functionEnvironment(
  declared: Record<string, unknown>,
  scope: Scope,
  local: LocalPlace & { shell: Variables },
) {
  const { endpoint, shell } = local;
  const different: Record<string, string> = {
    PUBLIC_API_URL: local.apiUrl,
    PUBLIC_IMAGE_BASE_URL: local.imageBaseUrl,
    UPLOAD_ORIGIN: new URL(endpoint).origin,
    WEBHOOK_SECRETS: local.webhookSecret,
  };
  const own = Object.entries(declared)
    .map(([name, value]) => [name, shell[name] ?? different[name] ?? resolve(value, scope)] as const)
    .filter(([, value]) => value !== null && value !== undefined);
  const everywhere = Object.entries(EVERYWHERE).map(([name, value]) => [name, shell[name] ?? value] as const);
  return Object.fromEntries([
    ...own.map(([name, value]) => [name, String(value)] as const),
    ...everywhere,
    ['AWS_ENDPOINT_URL', endpoint],
    // Made up: real credentials are never sent to an emulator.
    ['AWS_ACCESS_KEY_ID', 'local'],
    ['AWS_SECRET_ACCESS_KEY', 'local'],
    ['AWS_SESSION_TOKEN', ''],
    ['AWS_PROFILE', ''],
  ]);
}

/** The secret that local webhooks are signed with: made once and kept, so that receivers can be set up with it. */
export function localWebhookSecret(file: string): string {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `whsec_${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  }
  return readFileSync(file, 'utf8').trim();
}
