import { useId } from 'react';
import { type Format, USUAL_QUALITY } from './options.ts';
import styles from './options-form.module.css';
import { qualityWords } from './quality-words.ts';

type QualityFieldProps = { format: Format; quality: number | null; onChange: (quality: number | null) => void };

/** A good quality by itself, or a number whose meaning is said. */
export function QualityField({ format, quality, onChange }: QualityFieldProps) {
  const id = useId();
  const value = quality ?? USUAL_QUALITY[format];
  const { name, means } = qualityWords(format, value);
  return (
    <fieldset className={styles.choice}>
      <legend>Quality</legend>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={quality === null}
          onChange={({ target }) => onChange(target.checked ? null : value)}
        />
        Choose a good one for each format
      </label>
      {quality !== null && (
        <div className={styles.quality}>
          <label htmlFor={id}>
            <strong>{name}</strong> <span>{value}</span>
          </label>
          <input
            id={id}
            type="range"
            min={1}
            max={100}
            value={value}
            aria-valuetext={`${value}, ${name}: ${means}`}
            onChange={({ target }) => onChange(target.valueAsNumber)}
          />
          <div className={styles.ends} aria-hidden="true">
            <span>smallest files</span>
            <span>best looks</span>
          </div>
          <p className={styles.means}>{means}</p>
        </div>
      )}
    </fieldset>
  );
}
