import type { RequestActions } from '../api/queries.ts';
import type { RequestView } from '../api/types.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { duration, exactMoment } from '../ui/format.ts';
import { ErrorNotice } from '../ui/notice.tsx';
import { Panel } from '../ui/panel.tsx';
import { failureReason } from './failure-reasons.ts';
import type { Tone } from './status-words.ts';
import styles from './webhook-panel.module.css';

type Webhook = NonNullable<RequestView['webhook']>;
type WebhookProps = { webhook: Webhook; ended: boolean; redeliver: RequestActions['redeliver'] };

const WORDS: Record<Webhook['status'], { label: string; tone: Tone }> = {
  pending: { label: 'On its way', tone: 'busy' },
  delivered: { label: 'Delivered', tone: 'good' },
  failed: { label: 'Not delivered', tone: 'bad' },
};

/** Whom the request tells of its end, and how that went. */
export function WebhookPanel({ webhook, ended, redeliver }: WebhookProps) {
  const { status, url, deliveryId, attempts } = webhook;
  const { label, tone } = ended ? WORDS[status] : { label: 'Sent at the end', tone: 'calm' as const };
  return (
    <Panel
      title="Webhook"
      aside={
        <p className={styles.aside}>
          <code>{url}</code> <Badge tone={tone}>{label}</Badge>
        </p>
      }
    >
      {attempts.length > 0 && <Attempts attempts={attempts} />}
      {ended && (status !== 'pending' || redeliver.isSuccess) && (
        <p className={styles.again}>
          <Button small busy={redeliver.isPending || status === 'pending'} onClick={() => redeliver.mutate(deliveryId)}>
            Deliver it again
          </Button>
        </p>
      )}
      {redeliver.error && <ErrorNotice error={redeliver.error} />}
    </Panel>
  );
}

function Attempts({ attempts }: Pick<Webhook, 'attempts'>) {
  const next = attempts.at(-1)?.retryAt ?? null;
  const runs = new Set(attempts.map(({ generation }) => generation));
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label="Attempts to deliver the webhook">
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Attempt</th>
            <th scope="col">At</th>
            <th scope="col">Answer</th>
            <th scope="col">Took</th>
          </tr>
        </thead>
        <tbody>
          {attempts.map((attempt) => (
            <tr key={`${attempt.generation}-${attempt.attempt}`}>
              <td>
                {attempt.attempt}
                {runs.size > 1 && ` of try ${attempt.generation}`}
                {attempt.round > 1 && ', by hand'}
              </td>
              <td className={styles.moment}>{exactMoment(attempt.at)}</td>
              <td>{answerOf(attempt)}</td>
              <td>{duration(attempt.durationMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {next !== null && <p className={styles.next}>The next attempt is due on {exactMoment(next)}.</p>}
    </div>
  );
}

/** What the receiver said; only 2xx is yes. */
const answerOf = ({ statusCode, error }: Webhook['attempts'][number]) =>
  [statusCode, error && failureReason(error).title].filter((part) => part !== null).join(': ') || 'none';
