const BYTE_UNITS = ['kB', 'MB', 'GB', 'TB'];

/** Decimal units, one digit after the point: `999 B`, `1.5 MB`. */
export const formatBytes = (bytes: number): string => {
  if (bytes < 1000) return `${bytes} B`;
  let amount = bytes;
  let unit = 'B';
  for (const next of BYTE_UNITS) {
    // 999,950 bytes would round to `1000.0 kB`.
    if (amount < 999.95) break;
    amount /= 1000;
    unit = next;
  }
  return `${amount.toFixed(1)} ${unit}`;
};

/** The two largest units: `42 s`, `1 min 05 s`, `2 h 07 min`. */
export const formatDuration = (seconds: number): string => {
  const total = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  if (total < 60) return `${total} s`;
  if (total < 3600) return `${Math.floor(total / 60)} min ${two(total % 60)} s`;
  // Rounded to minutes before it is split, so that 59.9 minutes never show as `60 min`.
  const minutes = Math.round(total / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
};

/** With thousands separators: `1,234,567`. */
export const formatCount = (count: number): string => count.toLocaleString('en-US');

/** At most one digit after the point: `0.4`, `38`. */
export const formatDecimal = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 1 });

/** Pads every column but the last to its widest cell. */
export const formatTable = (rows: readonly (readonly string[])[]): string[] => {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};
