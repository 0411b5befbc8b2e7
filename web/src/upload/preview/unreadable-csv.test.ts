import { expect, it } from 'vitest';
import { inspectCsv } from './inspect-csv.ts';
import { UnreadableCsv } from './unreadable-csv.ts';

const ZIP = [0x50, 0x4b, 3, 4, 20, 0];
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a];
const GZIP = [0x1f, 0x8b, 8, 0];
const LATIN_1 = [...Buffer.from('SKU,Images\n1,caf\xe9\n', 'latin1')];

it.each<[string, string | number[], RegExp]>([
  ['no image column', 'SKU,Name\n1,2\n', /Rename the column .* to “Image URL”/],
  ['no header', '1,https://x/1.jpg\n', /Put a row with the column names above it/],
  ['nothing', '', /Export it again/],
  ['no rows', 'SKU,Images\n', /Export it again with its products/],
  ['an open quote', 'SKU,Images\n1,"https://x/1.jpg\n', /Correct the quotes/],
  ['too many columns', `Images${',c'.repeat(100)}\nx\n`, /Delete columns/],
  ['NUL bytes', 'SKU,Images\n1,\0\n', /Export your products as a CSV/],
  ['Windows-1252', LATIN_1, /In Excel: Save as → “CSV UTF-8 \(comma delimited\)”/],
  ['an Excel workbook', ZIP, /In Excel: Save as → “CSV UTF-8/],
  ['a picture', PNG, /Choose that CSV/],
  ['an archive', GZIP, /Unpack it/],
])('of a file with %s it is said what to do', async (_, content, todo) => {
  const { todo: said } = await refusalOf(content);
  expect(said).toMatch(todo);
});

it('a picture is not to be saved as a CSV', async () => {
  const { message } = await refusalOf(PNG);
  expect(message).toBe('The file is a PNG image, not a CSV.');
});

async function refusalOf(content: string | number[]): Promise<UnreadableCsv> {
  const file = new Blob([typeof content === 'string' ? content : new Uint8Array(content)]);
  try {
    const previews = inspectCsv(file);
    while (!(await previews.next()).done);
  } catch (error) {
    if (error instanceof UnreadableCsv) return error;
    throw error;
  }
  throw new Error('It was read.');
}
