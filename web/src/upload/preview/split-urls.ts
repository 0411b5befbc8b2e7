const LINE_BREAKS = /[\r\n]+/;
const BEFORE_URL = /(?<=[\s,;|])(?=https?:\/\/)/i;
const URL_FIRST = /^[\s,;|]*https?:\/\//i;
const SEPARATOR = /[\s,;|]/;

/** Whether the text begins with an http or https URL, separators before it aside. */
export function startsWithUrl(text: string): boolean {
  return URL_FIRST.test(text);
}

/** The image URLs of a cell, as written: cut only before `http://` or `https://`, since real URLs hold commas. */
export function splitUrls(cell: string): string[] {
  return cell
    .split(LINE_BREAKS)
    .flatMap((line) => line.split(BEFORE_URL))
    .flatMap((part) => (startsWithUrl(part) ? [part] : part.split(/[,;|]/)))
    .map(strip)
    .filter((url) => url !== '');
}

/** By hand, because a regular expression for the end of a text takes quadratic time on long runs of separators. */
function strip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && SEPARATOR.test(text.charAt(start))) start += 1;
  while (end > start && SEPARATOR.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
