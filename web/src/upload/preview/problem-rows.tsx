import { count, plural } from '../../ui/format.ts';
import { Notice } from '../../ui/notice.tsx';
import type { Preview } from './inspect-csv.ts';
import styles from './problem-rows.module.css';

/** Rows that will come back as failed, and why. */
export function ProblemRows({ preview: { share, rows, problemRows, firstProblems } }: { preview: Preview }) {
  const isAll = share === 1 && problemRows === rows;
  const come = problemRows === 1 ? 'It comes' : 'They come';
  return (
    <Notice tone="warn" title={`${plural(problemRows, 'row has', 'rows have')} a problem`}>
      <p>
        {isAll
          ? 'There is no other row. Correct the file, and choose it again.'
          : `${come} back marked as failed; all other rows are done. Correct the file first, or afterwards only the failed rows.`}
      </p>
      <details className={styles.details}>
        <summary>Which rows</summary>
        <ul className={styles.rows}>
          {firstProblems.map(({ row, column, value, message }, at) => (
            <li key={at}>
              <strong>Row {count(row)}</strong>
              <span>
                {message} {column !== null && <em>{column}</em>} {value !== '' && <code>{value}</code>}
              </span>
            </li>
          ))}
        </ul>
        {firstProblems.length < problemRows && <p>These are the first ones.</p>}
      </details>
    </Notice>
  );
}
