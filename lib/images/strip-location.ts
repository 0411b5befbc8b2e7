import type { Source } from './inspect-image.ts';

/**
 * How a place shows in an image's bytes: EXIF's pointer to GPS data (tag 0x8825 as LONG or IFD, one of it) in both byte
 * orders, and XMP's name for it. Searching all bytes finds it in embedded previews too, and in formats yet to come.
 */
const MARKS = ['2588040001000000', '25880d0001000000', '8825000400000001', '8825000d00000001']
  .map((hex) => Buffer.from(hex, 'hex'))
  .concat(Buffer.from('GPSLatitude'));

const marked = (bytes: Buffer) => MARKS.some((mark) => bytes.includes(mark));

/** True when the image says where it was taken. */
export const hasLocation = (input: Buffer, { exif, xmp }: Pick<Source, 'exif' | 'xmp'>): boolean =>
  [input, exif, xmp].some((bytes) => bytes !== undefined && marked(bytes));

/**
 * A copy with EXIF (but for the orientation) and XMP blanked where they lie, pixels untouched; undefined where that is
 * not possible: behind PNG's checksums and compression, or when a place shows elsewhere.
 */
export function stripLocation(input: Buffer, { exif, xmp, orientation, format }: Source): Buffer | undefined {
  if (format === 'png') return undefined;
  const output = Buffer.from(input);
  if (exif) overwrite(output, exif.subarray(exif.indexOf('Exif\0\0') === 0 ? 6 : 0), exifOf(orientation));
  if (xmp) overwrite(output, xmp, Buffer.alloc(xmp.length, ' '));
  return marked(output) ? undefined : output;
}

function overwrite(bytes: Buffer, what: Buffer, by: Buffer): void {
  const at = bytes.indexOf(what);
  if (at === -1 || what.length < by.length) return;
  bytes.fill(0, at, at + what.length);
  by.copy(bytes, at);
}

/** EXIF of a single entry, the orientation: TIFF header, one entry, no next directory. */
function exifOf(orientation: number): Buffer {
  const exif = Buffer.from('49492a00080000000100120103000100000000000000' + '00000000', 'hex');
  exif.writeUInt16LE(orientation, 18);
  return exif;
}
