import { DEFAULT_CSV_LIMITS } from '../../lib/csv/limits.ts';
import { openCsv } from '../../lib/csv/read-products.ts';
import { resultWriter } from '../../lib/csv/write-results.ts';

/* Reads a CSV of so many rows, made while it is read, and writes its result; tells the sums as JSON. */
const rows = Number(process.argv[2]);

async function* source(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from('S. No.;Product Name;Input Image Urls;Note\r\n'));
  for (let row = 0; row < rows; row += 100) {
    const lines = Array.from({ length: Math.min(100, rows - row) }, (_, at) => {
      const urls = `https://x.example/${row + at}.jpg,https://x.example/${row + at}/b.jpg`;
      return at % 10 === 9 ? `${row + at};ragged\n` : `${row + at};"Lamp ""${at}""";${urls};=note\r\n`;
    });
    yield Buffer.from(lines.join(''));
  }
}

const file = await openCsv(source(), DEFAULT_CSV_LIMITS);
const writer = resultWriter(file);
const sums = { products: 0, lines: 0, rejected: 0, megabytes: 0 };
for await (const { index, cells, product } of file.rows) {
  if (index !== sums.products) throw new Error(`row ${index} after ${sums.products} rows`);
  sums.products += 1;
  if (product.errors.length > 0) sums.rejected += 1;
  const line = writer.row(cells, { outputUrls: [], status: 'COMPLETED', error: '', bytesIn: 0, bytesOut: 0 });
  if (line.endsWith('\r\n')) sums.lines += 1;
}
sums.megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(JSON.stringify(sums));
