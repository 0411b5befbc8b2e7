import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');
export const PAGE_FOLDER = join(root, 'web/dist');
/** In a built page, what it was built from; hidden, so neither packaged nor served. */
export const STAMP = '.built-from';

const SOURCE_FOLDERS = ['web/src', 'web/public', 'infra/page', 'samples'];
const SOURCE_FILES = ['web/index.html', 'web/vite.config.ts', 'openapi.json', 'package-lock.json'];

/** Builds the page, in a process of its own, unless it is as its sources are. Throws with what the build printed. */
export async function ensurePage({ onBuild }: { onBuild: () => void }): Promise<void> {
  const built = join(PAGE_FOLDER, STAMP);
  if (existsSync(built) && readFileSync(built, 'utf8') === pageVersion()) return;
  onBuild();
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'build-page.ts')], { cwd: root });
}

/** Another text whenever anything that the page is made of has changed. */
export function pageVersion(): string {
  const hash = createHash('sha256');
  for (const file of [...SOURCE_FOLDERS.flatMap(filesIn), ...SOURCE_FILES]) {
    hash.update(file).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
