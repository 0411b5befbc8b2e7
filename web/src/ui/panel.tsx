import { useId, type ReactNode } from 'react';
import styles from './panel.module.css';

type PanelProps = {
  title: string;
  aside?: ReactNode;
  hideTitle?: boolean;
  /** Its heading stays in sight while one scrolls through what is under it. */
  keepsHead?: boolean;
  className?: string | undefined;
  children: ReactNode;
};

/** A part of a page that can be found by its heading. */
export function Panel({ title, aside, hideTitle = false, keepsHead = false, className, children }: PanelProps) {
  const id = useId();
  return (
    <section className={[styles.panel, className].filter(Boolean).join(' ')} aria-labelledby={id}>
      <div className={hideTitle && !aside ? 'visually-hidden' : styles.head} data-keeps={keepsHead || undefined}>
        <h2 id={id} className={hideTitle ? 'visually-hidden' : undefined}>
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
