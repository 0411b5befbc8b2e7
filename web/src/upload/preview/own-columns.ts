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
const SURE = '=＝﹦';
const MARKED = /(?<=[,;\t|\r\n])'(?=(?:(?![\t\r\n])[\s\p{Cc}\p{Cf}'"])*([=＝﹦@＠﹫+\-＋－﹢﹣−]))/gu;
const CALL = /[\p{L}\p{N}_.](?:[(（]| +[(（]")/gu;

/** Takes away the apostrophes that Rowpress put before what a spreadsheet would run as a formula. */
export function restore(cell: string): string {
  const bare = cell.slice(1);
  const inner = cell.startsWith("'") && FORMULA.test(bare) && !PLAIN_NUMBER.test(bare) ? bare : cell;
  return inner
    .split(/(?=[\r\n])/)
    .map(restoreLine)
    .join('');
}

function restoreLine(line: string): string {
  const last = lastDoing(line);
  return line.replace(MARKED, (mark, sign: string, at: number) => (SURE.includes(sign) || at < last ? '' : mark));
}

function lastDoing(line: string): number {
  const call = [...line.matchAll(CALL)].at(-1)?.index ?? -1;
  const target = lastOf(line, '!', '！');
  return target < 0 ? call : Math.max(call, lastOf(line.slice(0, target), '|', '｜'));
}

const lastOf = (line: string, sign: string, wide: string): number =>
  Math.max(line.lastIndexOf(sign), line.lastIndexOf(wide));
