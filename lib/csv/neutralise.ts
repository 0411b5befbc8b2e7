// What a spreadsheet runs as a formula, also behind characters that some of them drop (OWASP, "CSV Injection"): spaces,
// controls, and what has no width. Input methods write the signs in wide and small forms, too.
// The apostrophe is one of these characters, so a cell that already has one gets another and `restore` is exact.
const FORMULA = /^[\s\p{Cc}\p{Cf}'"]*[=+\-@\t\r\n＝＋－＠﹦﹢﹣﹫−]/u;
const PLAIN_NUMBER = /^[+-]\d+(?:[.,]\d+)*%?$/;

/** Puts `'` before a cell that a spreadsheet would run; plain numbers such as -5 or +3.2 stay numbers. */
export function neutralise(cell: string): string {
  return isFormula(cell) ? `'${cell}` : cell;
}

/** The inverse of `neutralise`, for files that Rowpress wrote. */
export function restore(cell: string): string {
  return cell.startsWith("'") && isFormula(cell.slice(1)) ? cell.slice(1) : cell;
}

function isFormula(cell: string): boolean {
  return FORMULA.test(cell) && !PLAIN_NUMBER.test(cell);
}
