import { hasEnded, type Status } from './answers.ts';
import { ExitCode } from './exit-codes.ts';
import { formatBytes, formatCount, formatDecimal, formatDuration, formatTable } from './format.ts';
import { progressLine } from './progress.ts';

export type SavedFiles = { results: string | null; failedRows: string | null };

/** How a request ended, or how far it has come, as aligned lines. */
export const summaryLines = (status: Status, files?: SavedFiles): string[] => {
  const { products, images, bytes, error } = status;
  return formatTable(
    present([
      ['Request', `${status.requestId}  ${status.status}`],
      ['File', status.fileName],
      ['Error', error && `${error.message} (${error.code})`],
      ['Progress', hasEnded(status) ? null : progressLine(status)],
      ['Products', counted(products.total, products, ['completed', 'partial', 'failed', 'cancelled'])],
      ['Images', counted(images.total, images, ['compressed', 'failed'])],
      ['Failures', failuresByCode(status.failures)],
      ['Bytes', bytes.in > 0 && bytesLine(bytes)],
      ['Speed', speed(status)],
      ['Results', files?.results],
      ['Failed rows', files?.failedRows],
    ]),
  );
};

/** What a request's status means for the caller of this program. */
export const exitCodeFor = ({ status }: Status, allowFailures = false): ExitCode => {
  switch (status) {
    case 'COMPLETED':
      return ExitCode.done;
    case 'COMPLETED_WITH_ERRORS':
      return allowFailures ? ExitCode.done : ExitCode.imagesFailed;
    case 'FAILED':
    case 'CANCELLED':
      return ExitCode.refused;
    default:
      return ExitCode.unfinished;
  }
};

const present = (rows: readonly (readonly [string, string | false | null | undefined])[]): string[][] =>
  rows.flatMap(([label, value]) => (value ? [[label, value]] : []));

/** `5 (3 completed, 2 failed)`; parts that are 0 are left out. */
const counted = <Part extends string>(total: number, counts: Record<Part, number>, parts: readonly Part[]): string => {
  const some = parts.filter((part) => counts[part] > 0).map((part) => `${formatCount(counts[part])} ${part}`);
  return some.length > 0 ? `${formatCount(total)} (${some.join(', ')})` : formatCount(total);
};

const failuresByCode = (failures: Status['failures']): string =>
  Object.entries(failures)
    .sort(([, a], [, b]) => b - a)
    .map(([code, count]) => `${code} ${formatCount(count)}`)
    .join(', ');

const bytesLine = (bytes: Status['bytes']): string =>
  `${formatBytes(bytes.in)} in, ${formatBytes(bytes.out)} out, saved ${formatDecimal(bytes.savedPercent ?? 0)}%`;

/** Of the whole run, or of the latest retry. */
const speed = ({ startedAt, finishedAt, progress: { imagesPerSecond } }: Status): string | null => {
  if (startedAt === null || finishedAt === null || !imagesPerSecond) return null;
  const seconds = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
  return `${formatDecimal(imagesPerSecond)} images/s in ${formatDuration(seconds)}`;
};
