import type { ReactNode } from 'react';
import { openKeyDialog } from '../api/api-key.ts';
import { ApiProblem, explain } from '../api/api-problem.ts';
import { Button } from './button.tsx';
import { AlertIcon, ClockIcon } from './icons.tsx';
import styles from './notice.module.css';

type NoticeProps = { tone: 'bad' | 'warn' | 'calm'; title: string; action?: ReactNode; children?: ReactNode };

/** Something a person should know: what happened, and what to do. */
export function Notice({ tone, title, action, children }: NoticeProps) {
  return (
    <div className={styles.notice} data-tone={tone} role={tone === 'bad' ? 'alert' : undefined}>
      {tone === 'calm' ? <ClockIcon /> : <AlertIcon />}
      <div className={styles.text}>
        <p className={styles.title}>{title}</p>
        {children && <div className={styles.more}>{children}</div>}
      </div>
      {action && <div className={styles.action}>{action}</div>}
    </div>
  );
}

/** An error in plain words. */
export function ErrorNotice({ error, action }: { error: unknown; action?: ReactNode }) {
  const { what, todo } = explain(error);
  const asksForKey = error instanceof ApiProblem && error.asksForKey;
  return (
    <Notice
      tone="bad"
      title={what}
      action={action ?? (asksForKey && <Button onClick={openKeyDialog}>Enter a key</Button>)}
    >
      {todo}
    </Notice>
  );
}
