import type { RequestActions } from '../api/queries.ts';
import type { ImageErrorCode, RequestView } from '../api/types.ts';
import { Button } from '../ui/button.tsx';
import { count, plural } from '../ui/format.ts';
import { RetryIcon } from '../ui/icons.tsx';
import { ErrorNotice } from '../ui/notice.tsx';
import { Panel } from '../ui/panel.tsx';
import { failuresOf, type Failure, retryCode } from './failure-reasons.ts';
import styles from './failures-panel.module.css';

type FailuresProps = { view: RequestView; retry: RequestActions['retry'] };

/** Why images and rows failed, in plain words, and what can be done: by the person, or by another try. */
export function FailuresPanel({ view, retry }: FailuresProps) {
  const failures = failuresOf(view.failures);
  if (failures.length === 0) return null;
  const mayRetry = view.canRetry && view.images.failed > 0;
  const retryable = mayRetry ? failures.filter((failure) => retryCode(failure) !== null) : [];
  const times = retryable.reduce((sum, failure) => sum + failure.count, 0);
  const start = (codes: ImageErrorCode[]) => retry.mutate(codes);
  return (
    <Panel
      title="What failed, and what helps"
      aside={
        (retryable.length > 1 || (times > 0 && failures.length === 1)) && (
          <Button
            busy={retry.isPending}
            onClick={() => start(retryable.flatMap((failure) => retryCode(failure) ?? []))}
          >
            <RetryIcon /> Try {times === 1 ? 'it' : `all ${count(times)}`} again
          </Button>
        )
      }
    >
      {retry.error && <ErrorNotice error={retry.error} />}
      <ul className={styles.list}>
        {failures.map((failure) => (
          <FailureItem
            key={failure.code}
            failure={failure}
            mayRetry={mayRetry && failures.length > 1}
            busy={retry.isPending}
            onRetry={start}
          />
        ))}
      </ul>
    </Panel>
  );
}

type ItemProps = { failure: Failure; mayRetry: boolean; busy: boolean; onRetry: (codes: ImageErrorCode[]) => void };

function FailureItem({ failure, mayRetry, busy, onRetry }: ItemProps) {
  const { code, count: times, title, todo } = failure;
  const again = mayRetry ? retryCode(failure) : null;
  return (
    <li data-calm={code === 'cancelled' || undefined}>
      <p className={styles.count}>{count(times)}</p>
      <div className={styles.words}>
        <p>
          <strong>{title}</strong> <code className={styles.code}>{code}</code>
        </p>
        <p className={styles.todo}>{todo}</p>
      </div>
      {again !== null && (
        <Button
          small
          busy={busy}
          aria-label={`Try again: ${title}, ${plural(times, 'image')}`}
          onClick={() => onRetry([again])}
        >
          Try again
        </Button>
      )}
    </li>
  );
}
