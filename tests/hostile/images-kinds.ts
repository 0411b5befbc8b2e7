import { gzipSync } from 'node:zlib';
import type { CompressedImage } from '../../lib/images/compress-image.ts';
import { photo } from '../../lib/images/test-images.ts';
import { chunk, withChunks, withSegment } from './images-bytes.ts';
import { type ImageCase, imageClass } from './images-case.ts';
import { EVERY_KIND } from './images-sources.ts';
import { count } from './hostile-class.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
/** As a file would go on, so that no decoder is only short of bytes. */
const goingOn = (head: string) => Buffer.concat([latin1(head), Buffer.alloc(600, '\0\x01\x02')]);
const box = (brand: string) => `\0\0\0\x18ftyp${brand}\0\0\0\0mif1miaf`;

const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>';

const REFUSED: Record<string, () => Buffer | Promise<Buffer>> = {
  SVG: () => latin1(svg),
  'SVG with entities': () => latin1(`<!DOCTYPE svg [<!ENTITY a "${'b'.repeat(99)}">]>${svg}`),
  'SVG of UTF-16': () => Buffer.from(`\uFEFF${svg}`, 'utf16le'),
  'compressed SVG': () => gzipSync(svg),
  'TIFF by libtiff': () => photo(9, 9).tiff().toBuffer(),
  'big-endian TIFF': () => goingOn('MM\0*\0\0\0\x08'),
  BigTIFF: () => goingOn('II+\0\x08\0\0\0'),
  'Canon raw': () => goingOn('II*\0\x10\0\0\0CR\x02\0'),
  BMP: () => goingOn('BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0'),
  ICO: () => goingOn('\0\0\x01\0\x01\0\x10\x10'),
  CUR: () => goingOn('\0\0\x02\0\x01\0\x10\x10'),
  PDF: () => goingOn('%PDF-1.7\n1 0 obj'),
  PostScript: () => goingOn('%!PS-Adobe-3.0 EPSF-3.0\n'),
  HEIC: () => goingOn(box('heic')),
  'HEIC sequence': () => goingOn(box('hevc')),
  'MP4 video': () => goingOn('\0\0\0\x18ftypisom\0\0\0\0isommp42'),
  'WebM video': () => goingOn('\x1a\x45\xdf\xa3'),
  'JPEG XL codestream': () => goingOn('\xff\x0a\xfa\x1f'),
  'JPEG XL container': () => goingOn('\0\0\0\x0cJXL \r\n\x87\n'),
  'JPEG 2000': () => goingOn('\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 '),
  'JPEG 2000 codestream': () => goingOn('\xff\x4f\xff\x51\0\x2f'),
  'JPEG XR': () => goingOn('II\xbc\x01\x08\0\0\0'),
  Photoshop: () => goingOn('8BPS\0\x01\0\0\0\0\0\0\0\x03'),
  OpenEXR: () => goingOn('\x76\x2f\x31\x01\x02\0\0\0channels\0'),
  Radiance: () => goingOn('#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\n'),
  PBM: () => goingOn('P4 8 8\n'),
  PGM: () => goingOn('P2 2 2 255\n1 2 3 4\n'),
  PPM: () => goingOn('P6 2 2 255\n'),
  PFM: () => goingOn('PF\n2 2\n-1.0\n'),
  FITS: () => goingOn('SIMPLE  =                    T'.padEnd(80)),
  'libvips file': () => goingOn('\x08\xf2\xa6\xb6'),
  MATLAB: () => goingOn('MATLAB 5.0 MAT-file'),
  NIfTI: () => goingOn('\x5c\x01\0\0'),
  DICOM: () => goingOn(`${'\0'.repeat(128)}DICM`),
  TGA: () => goingOn('\0\0\x02\0\0\0\0\0\0\0\0\0\x09\0\x09\0\x18\0'),
  QOI: () => goingOn('qoif\0\0\0\x09\0\0\0\x09\x03\0'),
  DDS: () => goingOn('DDS \x7c\0\0\0'),
  XCF: () => goingOn('gimp xcf v011\0'),
  DjVu: () => goingOn('AT&TFORM\0\0\0\x09DJVU'),
  FLIF: () => goingOn('FLIF\x31\x31'),
  BPG: () => goingOn('BPG\xfb'),
  WMF: () => goingOn('\xd7\xcd\xc6\x9a\0\0'),
  'WAVE sound': () => goingOn('RIFF\x24\0\0\0WAVEfmt '),
  'ZIP archive': () => goingOn('PK\x03\x04\x14\0'),
  'HTML page': () => latin1('<!doctype html><html><body><img src="a.jpg"></body></html>'),
  'JSON error': () => latin1('{"error":"not found"}'),
  'a path': () => latin1('/etc/passwd'),
  'no bytes': () => Buffer.alloc(0),
  'one byte': () => latin1('\xff'),
  zeros: () => Buffer.alloc(9_999),
};

const refused: ImageCase[] = Object.entries(REFUSED).map(([name, bytes]) => ({ name, bytes }));

const SCRIPT = '<html><script>alert(document.domain)</script>PK\x03\x04';
const script = latin1(SCRIPT.repeat(80));

const scriptless = (output: CompressedImage) =>
  Promise.resolve(output.bytes.includes('<script>') ? ['carries the script on'] : []);

const comment = (data: Buffer) => {
  const blocks = data.toString('latin1').match(/.{1,255}/gs) ?? [];
  return latin1(`!\xfe${blocks.map((part) => String.fromCharCode(part.length) + part).join('')}\0`);
};
const lastOfGifHead = 13 + 3 * 256;

/** Each is a whole image, and something else for whoever reads it another way. */
const TWO_IN_ONE: Record<string, () => Promise<Buffer>> = {
  ...Object.fromEntries(
    Object.entries(EVERY_KIND).map(([kind, bytes]) => [
      `${kind} with HTML and ZIP after its end`,
      async () => Buffer.concat([await bytes(), script]),
    ]),
  ),
  'PNG with HTML in a text': async () =>
    withChunks(await photo(24, 16).png().toBuffer(), [chunk('tEXt', Buffer.concat([latin1('a\0'), script]))]),
  'PNG with HTML in an unknown chunk': async () =>
    withChunks(await photo(24, 16).png().toBuffer(), [chunk('htMl', script)]),
  'JPEG with HTML in a comment': async () => withSegment(await photo(40, 30).jpeg().toBuffer(), 0xfe, script),
  'JPEG with HTML in an unknown segment': async () => withSegment(await photo(40, 30).jpeg().toBuffer(), 0xef, script),
  'GIF with HTML in a comment': async () => {
    const gif = await photo(24, 16).gif().toBuffer();
    return Buffer.concat([gif.subarray(0, lastOfGifHead), comment(script), gif.subarray(lastOfGifHead)]);
  },
};

const twoInOne: ImageCase[] = Object.entries(TWO_IN_ONE).map(([name, bytes]) => ({ name, bytes, look: scriptless }));

const behind: ImageCase[] = Object.entries(EVERY_KIND).flatMap(([kind, bytes]) =>
  Object.entries({
    'a PDF’s head': '%PDF-1.7\n',
    'a ZIP’s head': 'PK\x03\x04',
    HTML: '<html>',
    'a line break': '\n',
    'a NUL': '\0',
  }).map(([what, head]) => ({
    name: `${kind} behind ${what}`,
    bytes: async () => Buffer.concat([latin1(head), await bytes()]),
  })),
);

const CUTS = count(60, 400);

/** All of the first and last 20 lengths, and the rest evenly between. */
const lengths = (whole: number) =>
  Array.from({ length: CUTS }, (_, at) => {
    if (at < 20) return at;
    return at < 40 ? whole - 40 + at : 20 + Math.floor(((at - 40) / (CUTS - 40)) * (whole - 40));
  });

const cut: ImageCase[] = Object.entries(EVERY_KIND).flatMap(([kind, bytes]) =>
  Array.from({ length: CUTS }, (_, at) => ({
    name: `${kind}, cut ${at}`,
    bytes: async () => {
      const whole = await bytes();
      return whole.subarray(0, lengths(whole.length)[at]);
    },
    options: { format: at % 2 === 0 ? 'keep' : 'jpeg' },
  })),
);

const NO_IMAGE = ['not_an_image', 'unsupported_format'] as const;

export const KINDS = [
  imageClass({
    input: 'Formats that are not read, each by its first bytes',
    endings: [...NO_IMAGE],
    seconds: 1,
    list: refused,
  }),
  imageClass({
    input: 'Images that are also HTML and ZIP',
    endings: ['image'],
    looks: 'without the other half',
    seconds: 2,
    list: twoInOne,
  }),
  imageClass({
    input: 'Images behind a few bytes of something else',
    endings: [...NO_IMAGE],
    seconds: 1,
    list: behind,
  }),
  imageClass({
    input: 'Files of every kind cut short at many lengths',
    endings: ['corrupt_image', 'not_an_image'],
    seconds: 1,
    list: cut,
  }),
];
