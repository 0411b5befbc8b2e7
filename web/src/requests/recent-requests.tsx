import { Link } from 'wouter';
import { useRequests } from '../api/queries.ts';
import { STATUS_WORDS } from '../request/status-words.ts';
import { Badge } from '../ui/badge.tsx';
import { ago } from '../ui/format.ts';
import { Panel } from '../ui/panel.tsx';
import { useNow } from '../ui/use-now.ts';
import styles from './recent-requests.module.css';

const SHOWN = 4;

/** The way back to what was uploaded last. */
export function RecentRequests() {
  const { data } = useRequests();
  const now = useNow(true);
  const recent = (data?.pages[0]?.requests ?? []).slice(0, SHOWN);
  if (recent.length === 0) return null;
  return (
    <Panel title="Recent requests" aside={<Link href="/requests">All</Link>}>
      <ul className={styles.list}>
        {recent.map(({ requestId, fileName, status, createdAt }) => (
          <li key={requestId}>
            <div className={styles.words}>
              <Link href={`/requests/${requestId}`}>{fileName}</Link>
              <p>{ago(createdAt, now)}</p>
            </div>
            <Badge tone={STATUS_WORDS[status].tone}>{STATUS_WORDS[status].label}</Badge>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
