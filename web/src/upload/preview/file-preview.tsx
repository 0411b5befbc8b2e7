import { count, plural } from '../../ui/format.ts';
import { Fact, Facts } from '../../ui/facts.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import type { Preview } from './inspect-csv.ts';
import styles from './file-preview.module.css';
import { FirstRows } from './first-rows.tsx';
import { ProblemRows } from './problem-rows.tsx';

const DELIMITERS: Record<Preview['delimiter'], string> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'vertical bars',
};
const ENCODINGS: Record<Preview['encoding'], string> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 LE',
  'utf-16be': 'UTF-16 BE',
};

const ROWS_NAMED = 10;

type FilePreviewProps = { preview: Preview | null; folded: boolean };

/** What was understood of a file; folded to its figures once it is on its way. */
export function FilePreview({ preview, folded }: FilePreviewProps) {
  if (!preview) return <p className={styles.quiet}>Reading …</p>;
  return (
    <div className={styles.preview}>
      <Figures preview={preview} />
      {!folded && (
        <>
          <FirstRows preview={preview} />
          <Findings preview={preview} />
        </>
      )}
    </div>
  );
}

function Figures({ preview }: { preview: Preview }) {
  const { rows, images, problemRows, delimiter, encoding, share } = preview;
  return (
    <>
      <Facts>
        <Fact name={rows === 1 ? 'product' : 'products'}>{count(rows)}</Fact>
        <Fact name={images === 1 ? 'image' : 'images'}>{count(images)}</Fact>
        {problemRows > 0 && (
          <Fact name={problemRows === 1 ? 'row with a problem' : 'rows with a problem'}>{count(problemRows)}</Fact>
        )}
      </Facts>
      <p className={styles.how}>
        Columns are separated by {DELIMITERS[delimiter]}, the text is {ENCODINGS[encoding]}.
      </p>
      {share < 1 && (
        <div className={styles.counting}>
          <ProgressBar label="Reading the file" total={1} good={share} thin />
          <p>Still counting. You need not wait for it.</p>
        </div>
      )}
    </>
  );
}

function Findings({ preview }: { preview: Preview }) {
  const { images, problemRows, oddAddresses, oddRows } = preview;
  return (
    <>
      {problemRows > 0 && <ProblemRows preview={preview} />}
      {oddAddresses > 0 && (
        <Notice tone="warn" title={`${plural(oddAddresses, 'image address', 'image addresses')} can’t be fetched`}>
          {oddRows.length === 1 ? 'Row' : 'Rows'} {oddRows.slice(0, ROWS_NAMED).map(count).join(', ')}
          {oddRows.length > ROWS_NAMED && ' …'}: image addresses must begin with http:// or https://.{' '}
          {oddAddresses === images
            ? 'None can be fetched until they do.'
            : 'These end with an error, all others are done.'}
        </Notice>
      )}
    </>
  );
}
