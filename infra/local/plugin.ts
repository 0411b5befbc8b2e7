import type { LocalRun } from './local-run.ts';
import type { Serverless } from './serverless.ts';
import { localSettings } from './settings.ts';

type Hook = () => Promise<void> | void;

/**
 * Makes `serverless offline` whole: the declared queues, table and buckets exist on the emulator that AWS_ENDPOINT_URL
 * names, functions get an environment without intrinsic functions, and `events: - sqs:` invoke them.
 * To be listed before serverless-esbuild and serverless-offline, which act on what it sets.
 */
export default class LocalPlugin {
  hooks: Record<string, Hook> = {};
  #run: LocalRun | undefined;

  constructor(serverless: Serverless, options: { httpPort?: string }) {
    if (serverless.processedInput.commands[0] !== 'offline') return;
    const prepare = async () => {
      exitWithParent();
      // Only now: the framework loads plugins for every command, and deploying needs none of this.
      const { prepareLocalRun } = await import('./local-run.ts');
      this.#run = await prepareLocalRun(serverless, options);
    };
    this.hooks = {
      initialize: () => bundleForLaptop(serverless, options.httpPort),
      // `serverless offline start`, in steps
      'before:offline:start:init': prepare,
      'after:offline:start:init': () => {
        this.#run?.startSources();
        process.send?.('ready');
      },
      'before:offline:start:end': () => this.#run?.stop(),
      // `serverless offline`, which leaves no step between its start and its end
      'before:offline:start': prepare,
      'offline:start': () => this.#run?.startSources(),
      'offline:functionsUpdated:cleanup': () => this.#run?.reload(),
    };
  }
}

/**
 * On a laptop only our own code is bundled: 13 functions with the SDK in each took 10 s and 1.8 GB, without 0.2 s. Their
 * packages come from node_modules, so npm need not install them for Lambda's machine either (`exclude`).
 */
function bundleForLaptop({ service }: Serverless, httpPort = ''): void {
  const { esbuild } = service.custom ?? {};
  const different = {
    packages: 'external',
    minify: false,
    exclude: ['*'],
    // A folder for each run, or packaging would take the code away from under it.
    outputWorkFolder: `.local/esbuild/${httpPort}`,
    watch: { pattern: localSettings().reload ? ['functions/**/*.ts', 'lib/**/*.ts'] : [], ignore: ['**/*.test.ts'] },
  };
  service.custom = { ...service.custom, esbuild: { ...(esbuild as object), ...different } };
}

/** Nothing of a local run stays when `npm start` dies, even by kill -9: the channel to it closes then. */
function exitWithParent(): void {
  if (!process.send) return;
  if (!process.connected) process.exit(1);
  process.once('disconnect', () => process.exit(1));
  // Listening alone would keep a run alive that could not be prepared.
  process.channel?.unref();
}
