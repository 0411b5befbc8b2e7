import { expect, it } from 'vitest';
import { isReadable, sniffFormat } from './sniff-format.ts';

const ftyp = (...brands: string[]) => {
  const body = `ftyp${brands[0] ?? ''}\0\0\0\0${brands.slice(1).join('')}`;
  const size = Buffer.alloc(4);
  size.writeUInt32BE(body.length + 4);
  return `${size.toString('latin1')}${body}\0\0\0\x08metaavif`;
};

it.each([
  ['jpeg', '\xff\xd8\xff\xe0\0\x10JFIF'],
  ['png', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'],
  ['webp', 'RIFF\x24\0\0\0WEBPVP8 '],
  ['gif', 'GIF87a'],
  ['gif', 'GIF89a'],
  ['avif', ftyp('avif', 'mif1', 'miaf')],
  ['avif', ftyp('avis', 'msf1')],
  ['avif', ftyp('mif1', 'miaf', 'avif')],
])('reads %s', (format, head) => {
  expect(sniffFormat(Buffer.from(head, 'latin1'))).toBe(format);
  expect(isReadable(sniffFormat(Buffer.from(head, 'latin1'))!)).toBe(true);
});

it.each([
  ['HEIC', ftyp('heic', 'mif1')],
  ['HEIC', ftyp('mif1', 'heic')],
  ['TIFF', 'II*\0\x08\0\0\0'],
  ['TIFF', 'MM\0*\0\0\0\x08'],
  ['PDF', '%PDF-1.7'],
  ['BMP', 'BM\x36\0\x0c\0\0\0\0\0\x36'],
  ['ICO', '\0\0\x01\0\x01\0'],
  ['JPEG XL', '\xff\x0a\x7a'],
  ['JPEG XL', '\0\0\0\x0cJXL \r\n\x87\n'],
  ['JPEG 2000', '\0\0\0\x0cjP  \r\n\x87\n'],
  ['Photoshop', '8BPS\0\x01'],
  ['SVG', '<svg>'],
  ['SVG', '\xef\xbb\xbf \n<?xml version="1.0"?><!-- a -- b --><!DOCTYPE svg PUBLIC "x">\n<SVG xmlns="x">'],
])('knows %s by name', (format, head) => {
  expect(sniffFormat(Buffer.from(head, 'latin1'))).toBe(format);
  expect(isReadable(sniffFormat(Buffer.from(head, 'latin1'))!)).toBe(false);
});

it.each([
  '',
  '\xff\xd8',
  'RIFF\x24\0\0\0WAVE',
  ftyp('isom', 'mp42'),
  '\0\0\0\x18ftyp',
  'BMW sells cars',
  '<!doctype html><html><body><svg></svg>',
  '<?xml version="1.0"?><html><svg/></html>',
  '{"error":"not found"}',
  '<!--'.repeat(300),
])('knows nothing of %j', (head) => {
  expect(sniffFormat(Buffer.from(head, 'latin1'))).toBeNull();
});
