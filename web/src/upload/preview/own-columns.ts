const RESULT_COLUMNS = ['Output Image Urls', 'Status', 'Error', 'Bytes In', 'Bytes Out'];
const FAILED_COLUMNS = ['Rowpress Error'];

/** How many of the last columns Rowpress wrote, because the file is one of its results that came back. */
export function countOwnColumns(header: string[]): number {
  return [RESULT_COLUMNS, FAILED_COLUMNS].find((own) => endsWith(header, own))?.length ?? 0;
}

function endsWith(header: string[], own: string[]): boolean {
  const last = header.slice(-own.length);
  return own.every((heading, at) => last[at]?.trim() === heading);
}

const FORMULA = /^[\s\p{Cc}\p{Cf}'"]*[=+\-@\t\r\n＝＋－＠﹦﹢﹣﹫−]/u;
const PLAIN_NUMBER = /^[+-]\d+(?:[.,]\d+)*%?$/;

/** Takes away the apostrophe that Rowpress put before what a spreadsheet would run as a formula. */
export function restore(cell: string): string {
  const bare = cell.slice(1);
  return cell.startsWith("'") && FORMULA.test(bare) && !PLAIN_NUMBER.test(bare) ? bare : cell;
}
