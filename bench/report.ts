/** A table as text: the first column to the left, figures to the right. */
export function table(title: string, head: string[], rows: string[][]): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const format = (line: string[]) =>
    widths.map((width, column) => (line[column] ?? '')[column === 0 ? 'padEnd' : 'padStart'](width)).join('  ');
  return [title, `  ${format(head)}`, `  ${widths.map((width) => '-'.repeat(width)).join('  ')}`]
    .concat(rows.map((line) => `  ${format(line)}`))
    .join('\n');
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

/** The median with the extremes behind it: `0.91 (0.88–0.93)`. */
export const spread = (values: number[], digits: number): string => {
  if (values.length === 0) return '';
  const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits));
  return `${median(values).toFixed(digits)} (${least}–${most})`;
};

export const whole = (value: number): string => Math.round(value).toLocaleString('en');
