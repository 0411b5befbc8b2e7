import type { RequestView } from '../api/types.ts';
import { bytes, change, formatName, plural } from '../ui/format.ts';
import styles from './savings-chart.module.css';

/** Bytes before and after, by the format that the images came out in. */
export function SavingsChart({ formats }: Pick<RequestView, 'formats'>) {
  const rows = Object.entries(formats)
    .map(([format, totals]) => ({ format, ...totals }))
    .filter(({ bytesIn }) => bytesIn > 0)
    .sort((a, b) => b.bytesIn - a.bytesIn);
  const most = Math.max(...rows.map(({ bytesIn, bytesOut }) => Math.max(bytesIn, bytesOut)));
  if (rows.length === 0) return null;
  return (
    <figure className={styles.chart}>
      <figcaption>
        Size by format, <span data-key="before">before</span> and <span data-key="after">after</span>
      </figcaption>
      <ul>
        {rows.map(({ format, images, bytesIn, bytesOut }) => (
          <li key={format}>
            <p className={styles.name}>
              <strong>{formatName(format)}</strong> <span>{plural(images, 'image')}</span>
            </p>
            <div className={styles.bars}>
              <Bar kind="before" value={bytesIn} most={most} />
              <Bar kind="after" value={bytesOut} most={most} />
            </div>
            <p className={styles.saved}>{change(bytesIn, bytesOut)}</p>
          </li>
        ))}
      </ul>
    </figure>
  );
}

function Bar({ kind, value, most }: { kind: 'before' | 'after'; value: number; most: number }) {
  return (
    <div className={styles.row}>
      <svg className={styles.bar} data-kind={kind} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect width={Math.max((value / most) * 100, 0.6)} height="10" />
      </svg>
      <span className={styles.bytes}>
        <span className="visually-hidden">{kind}: </span>
        {bytes(value)}
      </span>
    </div>
  );
}
