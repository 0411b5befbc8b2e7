import type { Tone } from '../request/status-words.ts';
import styles from './badge.module.css';

/** A status in one word; the dot's colour only repeats what the word says. */
export function Badge({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span className={styles.badge} data-tone={tone}>
      {children}
    </span>
  );
}
