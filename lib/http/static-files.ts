import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { accepts } from './accept.ts';
import type { ApiEvent, ApiResponse } from './api.ts';
import { etagOf, isHeld } from './etag.ts';

/** What a folder holds, by address: nothing else can be served, whatever a path looks like. */
export type StaticFiles = ReadonlyMap<string, StaticFile>;

type StaticFile = { headers: Record<string, string>; variants: Variant[] };
/** The body is in base64, as Lambda hands bytes out. */
type Variant = { coding: string | undefined; etag: string; body: string };

/** Best first. The build leaves them beside each file that they make smaller. */
const CODINGS = { br: '.br', gzip: '.gz' };
const CODED: string[] = Object.values(CODINGS);

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** Names below it carry a hash of their content. */
const HASHED = '/assets/';

/** Fills in what only the running function knows, by address. */
export type Fill = Record<string, (text: string) => string>;

/** Reads a folder into memory, but for hidden files. */
export function readStaticFiles(folder: string, fill: Fill = {}): StaticFiles {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && !CODED.includes(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    files.map((file) => {
      const address = `/${relative(folder, file).split(sep).join('/')}`;
      return [address, toStaticFile(address, file, fill[address])];
    }),
  );
}

function toStaticFile(address: string, file: string, fill?: (text: string) => string): StaticFile {
  const plain = fill ? Buffer.from(fill(readFileSync(file, 'utf8'))) : readFileSync(file);
  const coded = Object.entries(CODINGS).flatMap(([coding, ending]) =>
    existsSync(file + ending) ? [toVariant(readFileSync(file + ending), coding)] : [],
  );
  return {
    headers: {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'cache-control': address.startsWith(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache',
      ...(coded.length > 0 && { vary: 'accept-encoding' }),
    },
    variants: [...coded, toVariant(plain)],
  };
}

const toVariant = (bytes: Buffer, coding?: string): Variant => ({
  coding,
  etag: etagOf(bytes),
  body: bytes.toString('base64'),
});

/** The file as this caller takes it, or 304 when that is what the caller has. */
export function serveFile({ headers, variants }: StaticFile, event: ApiEvent): ApiResponse {
  const variant = variants.find(
    ({ coding }) => coding === undefined || accepts(event.headers['accept-encoding'], coding),
  );
  if (!variant) throw new Error('Every file has a plain variant.');
  const { etag, coding, body } = variant;
  if (isHeld(event.headers['if-none-match'], etag)) return { statusCode: 304, headers: { ...headers, etag }, body: '' };
  return {
    statusCode: 200,
    headers: { ...headers, etag, ...(coding !== undefined && { 'content-encoding': coding }) },
    ...(event.requestContext.http.method === 'HEAD' ? { body: '' } : { body, isBase64Encoded: true }),
  };
}
