import { readdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const TEXTS = ['.css', '.html', '.js', '.json', '.svg'];
/** What saves less is not worth a second copy. */
const WORTH = 0.95;

/** Leaves `<file>.br` and `<file>.gz` beside every text that they make smaller. */
export async function compressFiles(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = entries.filter((entry) => entry.isFile() && TEXTS.includes(extname(entry.name)));
  await Promise.all(texts.map((entry) => compressFile(join(entry.parentPath, entry.name))));
}

async function compressFile(file: string): Promise<void> {
  const plain = await readFile(file);
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
  const coded = {
    '.br': await promisify(brotliCompress)(plain, { params }),
    '.gz': await promisify(gzip)(plain, { level: 9 }),
  };
  for (const [ending, bytes] of Object.entries(coded)) {
    if (bytes.length < plain.length * WORTH) await writeFile(file + ending, bytes);
  }
}
