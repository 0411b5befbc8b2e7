import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** What a first visit may cost. */
export const PAGE_BYTES_MOST = 200_000;

const CODE = ['.css', '.html', '.js', '.svg'];

/** Gzipped bytes of all code and styles of a built page. */
export function pageBytes(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && CODE.includes(extname(entry.name)))
    .reduce((sum, entry) => sum + gzipSync(readFileSync(join(entry.parentPath, entry.name)), { level: 9 }).length, 0);
}
