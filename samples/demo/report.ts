import { extname } from 'node:path';
import { formatBytes, formatDecimal, formatTable } from '../../cli/format.ts';
import type { ProductView, StatusView } from '../../lib/requests/views.ts';
import type { Received } from './webhook-receiver.ts';

/** One way of the sample through Rowpress, at its end. */
export type Run = { way: string; status: StatusView; products: ProductView[]; deliveries: Received[] };

/** What became of the runs, as aligned lines. */
export const reportLines = (runs: Run[]): string[] => [
  ...formatTable([
    ['', 'request', 'status', 'products', 'images', 'seconds', 'webhook attempts'],
    ...runs.map(({ way, status, deliveries }) => [
      way,
      status.requestId,
      status.status,
      String(status.products.total),
      String(status.images.total),
      formatDecimal(secondsOf(status)),
      deliveries.map(({ answer }) => answer).join(', '),
    ]),
  ]),
  '',
  ...formatTable([
    ['', 'from', 'to', 'images', 'before', 'after', 'saved'],
    ...runs.flatMap(({ way, products }) => byFormat(products).map((cells) => [way, ...cells])),
  ]),
  '',
  ...formatTable([
    ['failed with', ...runs.map(({ way }) => way)],
    ...[...new Set(runs.flatMap(({ status }) => Object.keys(status.failures)))]
      .sort()
      .map((code) => [code, ...runs.map(({ status }) => String(status.failures[code] ?? 0))]),
  ]),
];

function byFormat(products: ProductView[]): string[][] {
  const outputs = products.flatMap(({ images }) => images).filter(({ outputUrl }) => outputUrl !== null);
  const ways = Map.groupBy(outputs, ({ url, format, warnings }) =>
    [inputFormat(url), warnings.includes('kept_original') ? 'kept as it was' : (format ?? '')].join(' '),
  );
  return [...ways].sort().map(([way, images]) => {
    const [from = '', ...to] = way.split(' ');
    const before = sum(images.map(({ bytesIn }) => bytesIn));
    const after = sum(images.map(({ bytesOut }) => bytesOut));
    const saved = `${formatDecimal((1 - after / before) * 100)} %`;
    return [from, to.join(' '), String(images.length), formatBytes(before), formatBytes(after), saved];
  });
}

/** The addresses of the sample tell the truth. */
const inputFormat = (url: string) =>
  extname(url.replace(/\?size=.*$/, ''))
    .slice(1)
    .replace('jpg', 'jpeg');

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

const secondsOf = ({ createdAt, finishedAt }: StatusView) =>
  finishedAt === null ? 0 : (Date.parse(finishedAt) - Date.parse(createdAt)) / 1000;
