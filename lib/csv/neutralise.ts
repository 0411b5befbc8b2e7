// What a spreadsheet runs as a formula, also behind characters that some of them drop (OWASP, "CSV Injection"): spaces,
// controls, and what has no width. Input methods write the signs in wide and small forms, too.
// The apostrophe is one of these characters, so a cell that already has one gets another and `restore` is exact.
const FORMULA = /^[\s\p{Cc}\p{Cf}'"]*[=+\-@\t\r\n＝＋－＠﹦﹢﹣﹫−]/u;
const PLAIN_NUMBER = /^[+-]\d+(?:[.,]\d+)*%?$/;

// A spreadsheet whose list separator is not the file's cuts inside cells, and at their line breaks: it heeds quotes only at
// the start of what it takes for a field. There + and - are mostly bullets and ranges ("\n- soft", "large, -5 °C") and @
// names somebody, so they matter only in a cell that holds what a formula needs to call, link or start anything.
const SEPARATOR = String.raw`(?<=[,;\t\|\r\n])`;
const LEAD = String.raw`[[\s\p{Cc}\p{Cf}'"]--[\t\r\n]]*`;
const SURE = '=＝﹦';
const ANY = String.raw`${SURE}@＠﹫+\-＋－﹢﹣−`;
const CALLS = /[(|!#（｜！＃]/;
const inside = (mark: string) => ({
  sure: new RegExp(`${SEPARATOR}${mark}(?=${LEAD}[${SURE}])`, 'gv'),
  any: new RegExp(`${SEPARATOR}${mark}(?=${LEAD}[${ANY}])`, 'gv'),
});
const OPEN = inside('');
const MARKED = inside("'");

/**
 * Puts `'` before a cell that a spreadsheet would run, and behind a separator in it where that would begin a formula;
 * plain numbers such as -5 or +3.2 stay numbers.
 */
export function neutralise(cell: string): string {
  const inner = cell.replace(CALLS.test(cell) ? OPEN.any : OPEN.sure, "'");
  return isFormula(inner) ? `'${inner}` : inner;
}

/** The inverse of `neutralise`, for files that Rowpress wrote. */
export function restore(cell: string): string {
  const inner = cell.startsWith("'") && isFormula(cell.slice(1)) ? cell.slice(1) : cell;
  return inner.replace(CALLS.test(inner) ? MARKED.any : MARKED.sure, '');
}

function isFormula(cell: string): boolean {
  return FORMULA.test(cell) && !PLAIN_NUMBER.test(cell);
}
