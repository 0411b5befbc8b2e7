import styles from './progress-bar.module.css';

/** Parts of `total`; what they leave is still to be done. */
type ProgressBarProps = {
  label: string;
  total: number;
  good: number;
  bad?: number;
  left?: number;
  valueText?: string;
  thin?: boolean;
};

/** What is good, what is bad, and what was left out. */
export function ProgressBar({ label, total, good, bad = 0, left = 0, valueText, thin = false }: ProgressBarProps) {
  const share = (part: number) => (total > 0 ? (part / total) * 100 : 0);
  return (
    <div
      className={styles.bar}
      data-thin={thin || undefined}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(share(good + bad + left))}
      aria-valuetext={valueText}
    >
      <span className={styles.good} style={{ width: `${share(good)}%` }} />
      <span className={styles.bad} style={{ width: `${share(bad)}%` }} />
      <span className={styles.left} style={{ width: `${share(left)}%` }} />
    </div>
  );
}
