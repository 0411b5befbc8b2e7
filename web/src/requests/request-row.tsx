import { Link } from 'wouter';
import type { RequestHead } from '../api/types.ts';
import { imageCounts } from '../request/image-counts.ts';
import { hasEnded, STATUS_WORDS } from '../request/status-words.ts';
import { Badge } from '../ui/badge.tsx';
import { ago, bytes, change, count, moment, plural } from '../ui/format.ts';
import { ProgressBar } from '../ui/progress-bar.tsx';
import styles from './request-row.module.css';

/** One request in a list: what it was, how it is, what it brought. */
export function RequestRow({ request, now }: { request: RequestHead; now: number }) {
  const { requestId, fileName, status, createdAt, images } = request;
  const { label, tone } = STATUS_WORDS[status];
  return (
    <li className={styles.row}>
      <div className={styles.words}>
        <Link href={`/requests/${requestId}`} className={styles.name}>
          {fileName}
        </Link>
        <p className={styles.when}>
          <time dateTime={createdAt} title={moment(createdAt)}>
            {ago(createdAt, now)}
          </time>
          {images.total > 0 && ` · ${plural(images.total, 'image')}`}
        </p>
      </div>
      <div className={styles.outcome}>
        {hasEnded(status) ? <Outcome request={request} /> : images.total > 0 && <Under request={request} />}
      </div>
      <Badge tone={tone}>{label}</Badge>
    </li>
  );
}

function Outcome({ request }: { request: RequestHead }) {
  const { bytes: size, error } = request;
  const { failed } = imageCounts(request);
  if (size.in > 0) {
    return (
      <p>
        <strong>{change(size.in, size.out)}</strong>{' '}
        <span>
          {bytes(Math.abs(size.saved))} {size.saved < 0 ? 'more' : 'saved'}
        </span>
        {failed > 0 && <span className={styles.failed}> · {count(failed)} failed</span>}
      </p>
    );
  }
  return <p className={styles.why}>{error?.message ?? ''}</p>;
}

function Under({ request }: { request: RequestHead }) {
  const { total, compressed, failed, cancelled } = imageCounts(request);
  const label = `Images of ${request.fileName} done`;
  return <ProgressBar label={label} total={total} good={compressed} bad={failed} left={cancelled} thin />;
}
