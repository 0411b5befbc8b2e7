import { useEffect, useRef, type ReactNode } from 'react';
import styles from './page.module.css';

let isFirst = true;

/** Whoever goes back or forward is taken by the browser to where they were. */
let isReturning = false;
window.addEventListener('popstate', () => {
  isReturning = true;
  setTimeout(() => {
    isReturning = false;
  });
});

/** For when what had the focus is gone. */
export const focusTitle = (): void => document.querySelector('h1')?.focus({ preventScroll: true });

/** A page of its own address: its title is the tab's, and takes the focus when one comes to it by a link. */
export function Page({ title, tabTitle = title, lead, aside, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${tabTitle} · Rowpress`;
  }, [tabTitle]);
  useEffect(() => {
    if (!isFirst) heading.current?.focus({ preventScroll: true });
    if (!isReturning) window.scrollTo(0, 0);
    isFirst = false;
  }, []);
  return (
    <>
      <div className={styles.head}>
        <div className={styles.titles}>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <div className={styles.lead}>{typeof lead === 'string' ? <p>{lead}</p> : lead}</div>}
        </div>
        {aside}
      </div>
      {children}
    </>
  );
}

type PageProps = { title: string; tabTitle?: string; lead?: ReactNode; aside?: ReactNode; children: ReactNode };
