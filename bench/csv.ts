import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** One row of a supplier's file, with as many image URLs as asked for. */
type Shape = { rows: number; imagesPerRow: number; urlOf: (nth: number) => string };

const LINES_AT_ONCE = 1000;

/** Writes a CSV piece by piece, so that a large one takes no memory here. */
export async function writeCsv(file: string, { rows, imagesPerRow, urlOf }: Shape): Promise<string> {
  const line = (row: number) => {
    const urls = Array.from({ length: imagesPerRow }, (_, image) => urlOf(row * imagesPerRow + image));
    return `${row + 1},"Cushion ""Brücke"", 45 x 45 cm, no. ${row}","${urls.join(',')}",19.90\r\n`;
  };
  function* pieces() {
    yield 'S. No.,Product Name,Input Image Urls,Price (EUR)\r\n';
    for (let row = 0; row < rows; row += LINES_AT_ONCE) {
      const count = Math.min(LINES_AT_ONCE, rows - row);
      yield Array.from({ length: count }, (_, at) => line(row + at)).join('');
    }
  }
  await pipeline(Readable.from(pieces()), createWriteStream(file));
  return file;
}

/** An address as suppliers have them, for images that are not fetched. */
export const supplierUrl = (nth: number) =>
  `https://cdn.supplier.example/media/catalogue/2026/products/${nth}/main.jpg`;
