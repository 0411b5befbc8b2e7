import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';
import { makeSamples } from '../../samples/make-samples.ts';
import { pageSampleCsv, pageSamplePictures } from '../../samples/page-sample.ts';
import { compressFiles } from './compress-files.ts';
import { PAGE_FOLDER, pageVersion, STAMP } from './ensure-page.ts';
import { PAGE_BYTES_MOST, pageBytes } from './page-size.ts';

const root = join(import.meta.dirname, '../..');

/** `npm run web:build`: the page with the sample and the API's description, everything compressed beforehand. */
async function buildPage(fresh: string): Promise<void> {
  const version = pageVersion();
  // Whatever the caller's is, as `test` in a test: React would bring along what helps its developers.
  process.env.NODE_ENV = 'production';
  await build({
    configFile: join(root, 'web/vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: fresh, emptyOutDir: true },
  });
  await mkdir(join(fresh, 'sample'));
  await makeSamples(join(fresh, 'sample'), pageSamplePictures());
  await writeFile(join(fresh, 'sample.csv'), pageSampleCsv());
  await cp(join(root, 'openapi.json'), join(fresh, 'openapi.json'));
  await compressFiles(fresh);
  await writeFile(join(fresh, STAMP), version);
  await rm(PAGE_FOLDER, { recursive: true, force: true });
  await rename(fresh, PAGE_FOLDER);
}

// Not where the page is served from, and moved when whole: an interrupted build leaves nothing half done.
const fresh = join(root, `.local/page-${process.pid}`);
await buildPage(fresh).finally(() => rm(fresh, { recursive: true, force: true }));
const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
console.log(`The page is in web/dist: ${kB(pageBytes(PAGE_FOLDER))} gzipped, of ${kB(PAGE_BYTES_MOST)} at most.`);
