// What a spreadsheet runs as a formula, also behind characters that some of them drop (OWASP, "CSV Injection"): spaces,
// controls, and what has no width. Input methods write the signs in wide and small forms, too.
// The apostrophe is one of these characters, so a cell that already has one gets another and `restore` is exact.
const FORMULA = /^[\s\p{Cc}\p{Cf}'"]*[=+\-@\t\r\n＝＋－＠﹦﹢﹣﹫−]/u;
const PLAIN_NUMBER = /^[+-]\d+(?:[.,]\d+)*%?$/;

// A spreadsheet whose list separator is not the file's cuts inside cells, and at their line breaks: it heeds quotes only at
// the start of what it takes for a field. There + and - are mostly bullets, ranges and places on a map ("\n- soft", "large,
// -5 °C", "40.7,-73.9") and @ names somebody, so they matter only before what makes a formula do something.
const SURE = '=＝﹦';
const inside = (mark: string) =>
  new RegExp(
    String.raw`(?<=[,;\t|\r\n])${mark}(?=(?:(?![\t\r\n])[\s\p{Cc}\p{Cf}'"])*([${SURE}@＠﹫+\-＋－﹢﹣−]))`,
    'gu',
  );
const OPEN = inside('');
const MARKED = inside("'");
/** A function's name and its bracket: formulas may have a space between, but so have texts ("- cotton (100%)"). */
const CALL = /[\p{L}\p{N}_.](?:[(（]| +[(（]")/gu;
const LINE = /(?=[\r\n])/;

/**
 * Puts `'` before a cell that a spreadsheet would run, and behind a separator in it where that would begin a formula;
 * plain numbers such as -5 or +3.2 stay numbers.
 */
export function neutralise(cell: string): string {
  const inner = replaceInside(cell, OPEN, "'");
  return isFormula(inner) ? `'${inner}` : inner;
}

/** The inverse of `neutralise`, for files that Rowpress wrote. */
export function restore(cell: string): string {
  const inner = cell.startsWith("'") && isFormula(cell.slice(1)) ? cell.slice(1) : cell;
  return replaceInside(inner, MARKED, '');
}

function replaceInside(cell: string, pattern: RegExp, by: string): string {
  if (cell.search(pattern) < 0) return cell;
  const lines = cell.split(LINE).map((line) => {
    const last = lastDoing(line);
    return line.replace(pattern, (found, sign: string, at: number) => (SURE.includes(sign) || at < last ? by : found));
  });
  return lines.join('');
}

/** Where the last call of a function, or the last link to a program (`cmd|'…'!A0`), stands in a line; -1 without one. */
function lastDoing(line: string): number {
  const call = [...line.matchAll(CALL)].at(-1)?.index ?? -1;
  const target = lastOf(line, '!', '！');
  return target < 0 ? call : Math.max(call, lastOf(line.slice(0, target), '|', '｜'));
}

const lastOf = (line: string, sign: string, wide: string): number =>
  Math.max(line.lastIndexOf(sign), line.lastIndexOf(wide));

function isFormula(cell: string): boolean {
  return FORMULA.test(cell) && !PLAIN_NUMBER.test(cell);
}
