const READABLE = ['jpeg', 'png', 'webp', 'gif', 'avif'] as const;

export type ReadableFormat = (typeof READABLE)[number];

/** The first bytes of each format as Latin-1, `?` for any byte; those that aren't read are known only to be named in the error. */
const MAGIC = [
  ['jpeg', '\xff\xd8\xff'],
  ['png', '\x89PNG\r\n\x1a\n'],
  ['webp', 'RIFF????WEBP'],
  ['gif', 'GIF87a'],
  ['gif', 'GIF89a'],
  ['TIFF', 'II*\0'],
  ['TIFF', 'MM\0*'],
  ['TIFF', 'II+\0'],
  ['TIFF', 'MM\0+'],
  ['PDF', '%PDF-'],
  ['BMP', 'BM????\0\0\0\0'],
  ['ICO', '\0\0\x01\0'],
  ['JPEG XL', '\xff\x0a'],
  ['JPEG XL', '\0\0\0\x0cJXL '],
  ['JPEG 2000', '\0\0\0\x0cjP  '],
  ['JPEG 2000', '\xff\x4f\xff\x51'],
  ['Photoshop', '8BPS'],
] as const;
const ANY = '?'.charCodeAt(0);

const SVG = /^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--(?:[^-]|-(?!->))*-->\s*)*(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/i;

type SniffedFormat = ReadableFormat | (typeof MAGIC)[number][0] | 'HEIC' | 'SVG';

/** The image format that the first bytes tell, whatever the server called it; null when they are those of no known one. */
export function sniffFormat(bytes: Buffer): SniffedFormat | null {
  const found = MAGIC.find(([, magic]) =>
    Buffer.from(magic, 'latin1').every((byte, at) => byte === ANY || byte === bytes[at]),
  );
  if (found) return found[0];
  const head = bytes.toString('latin1', 0, 1024);
  return SVG.test(head) ? 'SVG' : isoBrand(head);
}

/** Whether the format is decoded, and not only known by name. */
export function isReadable(format: SniffedFormat): format is ReadableFormat {
  return READABLE.some((readable) => readable === format);
}

/** AVIF and HEIC are told apart by any brand of the `ftyp` box, since both may name the neutral `mif1` first. */
function isoBrand(head: string): 'avif' | 'HEIC' | null {
  if (head.slice(4, 8) !== 'ftyp') return null;
  const boxBytes = Buffer.from(head.slice(0, 4), 'latin1').readUInt32BE();
  const brands = head.slice(8, boxBytes).match(/.{4}/gs) ?? [];
  if (brands.some((brand) => /^avi[fs]/.test(brand))) return 'avif';
  return brands.some((brand) => /^(hei[cmsx]|hev[cmsx]|mif1|msf1)/.test(brand)) ? 'HEIC' : null;
}
