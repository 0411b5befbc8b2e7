export const RESULT_COLUMNS = ['Output Image Urls', 'Status', 'Error', 'Bytes In', 'Bytes Out'];
export const FAILED_COLUMNS = ['Rowpress Error'];

/** How many of the last columns are ours, because the file is a result or failed-rows file that came back. */
export function countOwnColumns(header: string[]): number {
  return [RESULT_COLUMNS, FAILED_COLUMNS].find((own) => endsWith(header, own))?.length ?? 0;
}

function endsWith(header: string[], own: string[]): boolean {
  const last = header.slice(-own.length);
  return own.every((heading, at) => last[at]?.trim() === heading);
}
