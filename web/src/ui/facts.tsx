import type { ReactNode } from 'react';
import styles from './facts.module.css';

/** Figures side by side, each over its name. `even`: in columns of one width. */
export function Facts({ even = false, children }: { even?: boolean; children: ReactNode }) {
  return (
    <dl className={styles.facts} data-even={even || undefined}>
      {children}
    </dl>
  );
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
