import { plural } from '../../ui/format.ts';
import styles from './first-rows.module.css';
import type { Preview } from './inspect-csv.ts';
import type { PreviewRow } from './read-row.ts';
import { startsWithUrl } from './split-urls.ts';

/** The first rows by what their columns mean; columns that merely come back stand behind, dimmed. */
export function FirstRows({ preview }: { preview: Preview }) {
  const { columns, header, firstRows, rows } = preview;
  const used = new Set([columns.serialNumber, columns.productName, ...columns.imageUrls]);
  const others = header.map((_, at) => at).filter((at) => !used.has(at));
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label="The first rows, as they are understood">
      <table className={styles.table}>
        <caption className={rows > firstRows.length ? styles.caption : 'visually-hidden'}>
          The first {firstRows.length} of {plural(rows, 'row')}
        </caption>
        <thead>
          <tr>
            <Column role="Serial number" heading={headingOf(header, columns.serialNumber)} />
            <Column role="Name" heading={headingOf(header, columns.productName)} />
            <Column role="Images" heading={columns.imageUrls.map((at) => header[at] ?? '').join(', ')} />
            {others.map((at) => (
              <Column key={at} role="Kept as it is" heading={header[at] ?? ''} isOther />
            ))}
          </tr>
        </thead>
        <tbody>
          {firstRows.map((row) => (
            <tr key={row.row}>
              <td>{row.serialNumber}</td>
              <td>
                <p className={styles.name} title={row.productName}>
                  {row.productName}
                </p>
              </td>
              <td>
                <Images row={row} />
              </td>
              {others.map((at) => (
                <td key={at} className={styles.other}>
                  {(row.cells[at] ?? '').slice(0, 80)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const headingOf = (header: string[], at: number | null) => (at === null ? null : (header[at] ?? ''));

type ColumnProps = { role: string; heading: string | null; isOther?: boolean };

function Column({ role, heading, isOther = false }: ColumnProps) {
  return (
    <th scope="col" className={isOther ? styles.other : undefined}>
      <span className={styles.role}>{role}</span>
      <span className={styles.heading}>{heading ?? 'no such column'}</span>
    </th>
  );
}

function Images({ row: { imageUrls, problems } }: { row: PreviewRow }) {
  const [problem] = problems;
  if (problem) return <span className={styles.problem}>{problem.message}</span>;
  const more = imageUrls.length - 1;
  const [first = ''] = imageUrls;
  return (
    <p className={styles.urls} title={imageUrls.join('\n')}>
      <code className={startsWithUrl(first) ? undefined : styles.problem}>{first}</code>
      {more > 0 && <span>and {more} more</span>}
    </p>
  );
}
