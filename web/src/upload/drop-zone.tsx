import { useState } from 'react';
import { useDropzone } from 'react-dropzone';
import { focusTitle } from '../app/page.tsx';
import { Button } from '../ui/button.tsx';
import { UploadIcon } from '../ui/icons.tsx';
import { Notice } from '../ui/notice.tsx';
import styles from './drop-zone.module.css';
import { fetchSample, SAMPLE_URL } from './sample.ts';

type DropZoneProps = { compact: boolean; onFiles: (files: readonly File[]) => void };

/** Where files are chosen; dropped they may be anywhere. What they are is found out by reading them, not by their names. */
export function DropZone({ compact, onFiles }: DropZoneProps) {
  const { getRootProps, getInputProps, open } = useDropzone({
    noClick: true,
    noKeyboard: true,
    noDrag: true,
    preventDropOnDocument: false,
    onDrop: (files) => files.length > 0 && onFiles(files),
  });
  return (
    <div {...getRootProps({ className: styles.zone })} data-compact={compact || undefined}>
      <input
        {...getInputProps({ accept: '.csv,.tsv,.txt,text/csv', 'aria-label': 'CSV files', style: { display: 'none' } })}
      />
      {!compact && <Drawing />}
      <div className={styles.words}>
        <p className={styles.title}>{compact ? 'Add more files' : 'Drop a CSV here'}</p>
        {!compact && (
          <p className={styles.hint}>
            or several; up to 500 MB each, with commas, semicolons or tabs. In Excel, save it as “CSV UTF-8”.
          </p>
        )}
      </div>
      <div className={styles.ways}>
        <Button look={compact ? 'plain' : 'primary'} onClick={open}>
          <UploadIcon /> {compact ? 'Choose files' : 'Choose a file'}
        </Button>
        {!compact && <SampleButton onFiles={onFiles} />}
      </div>
    </div>
  );
}

function SampleButton({ onFiles }: Pick<DropZoneProps, 'onFiles'>) {
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle');
  const take = async (button: HTMLElement) => {
    setState('busy');
    try {
      const sample = await fetchSample();
      // The button goes away once a file is chosen.
      if (document.activeElement === button) focusTitle();
      onFiles([sample]);
    } catch {
      setState('failed');
    }
  };
  return (
    <>
      <Button busy={state === 'busy'} onClick={({ currentTarget }) => void take(currentTarget)}>
        Try with a sample
      </Button>
      <a className={styles.download} href={SAMPLE_URL} download="sample.csv">
        Download the sample
      </a>
      {state === 'failed' && (
        <Notice tone="warn" title="The sample could not be fetched.">
          Check the connection and try again, or choose a file of your own.
        </Notice>
      )}
    </>
  );
}

/** Rows on their way through the press. */
function Drawing() {
  return (
    <svg className={styles.drawing} viewBox="0 0 168 72" aria-hidden="true" focusable="false">
      <g className={styles.sheet}>
        <rect x="1" y="7" width="56" height="58" rx="6" />
        <path d="M12 22h18M12 36h18M12 50h18" />
        <rect x="36" y="16" width="12" height="12" rx="2" />
        <rect x="36" y="30" width="12" height="12" rx="2" />
        <rect x="36" y="44" width="12" height="12" rx="2" />
      </g>
      <path className={styles.arrow} d="M70 36h26m-7-7 7 7-7 7" />
      <g className={styles.sheet} data-done="">
        <rect x="110" y="7" width="56" height="58" rx="6" />
        <path d="M121 22h18M121 36h18M121 50h18" />
        <rect x="147" y="18" width="8" height="8" rx="2" />
        <rect x="147" y="32" width="8" height="8" rx="2" />
        <rect x="147" y="46" width="8" height="8" rx="2" />
      </g>
    </svg>
  );
}
