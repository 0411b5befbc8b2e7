import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';

/** How a local run is set up, from the environment; the defaults are those of the README. */
export function localSettings(env: NodeJS.ProcessEnv = process.env) {
  return {
    apiPort: port(env, 'ROWPRESS_API_PORT', 3000),
    stackPort: port(env, 'ROWPRESS_STACK_PORT', 4566),
    sampleHostPort: port(env, 'SAMPLE_HOST_PORT', 4570),
    withSampleHost: env.SAMPLE_HOST !== 'off',
    dataDir: resolve(given(env.ROWPRESS_DATA_DIR) ?? '.local'),
    /** Invocations at once for one queue, whatever the template allows: each is a thread of its own. */
    concurrency: Math.min(Math.max(availableParallelism(), 2), 4),
    /** New code is loaded when a file changes; a call under way may be lost then. */
    reload: env.ROWPRESS_RELOAD !== 'off',
    /** Another emulator than the embedded stack. */
    endpoint: given(env.AWS_ENDPOINT_URL),
  };
}

export type LocalSettings = ReturnType<typeof localSettings>;

function port(env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const value = Number(given(env[name]) ?? fallback);
  if (Number.isInteger(value) && value > 0 && value < 65_536) return value;
  throw new Error(`${name} must be a port number, not "${env[name] ?? ''}".`);
}

/** A variable that is set to nothing counts as not set. */
const given = (value: string | undefined) => (value === '' ? undefined : value);
