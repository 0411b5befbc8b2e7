import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { useRequest, useRequestActions, type RequestActions } from '../api/queries.ts';
import type { RequestView } from '../api/types.ts';
import { announce } from '../app/announcer.tsx';
import { focusTitle, Page } from '../app/page.tsx';
import { moment } from '../ui/format.ts';
import { Badge } from '../ui/badge.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { ErrorNotice } from '../ui/notice.tsx';
import { announcement, type Connection } from './activity.ts';
import { CancelButton } from './cancel-button.tsx';
import { FailuresPanel } from './failures-panel.tsx';
import { isBetweenRuns, percentOf } from './image-counts.ts';
import { ProductsPanel } from './products/products-panel.tsx';
import { ProgressPanel } from './progress-panel.tsx';
import styles from './request-page.module.css';
import { hasEnded, STATUS_WORDS } from './status-words.ts';
import { SummaryPanel } from './summary-panel.tsx';
import { WebhookPanel } from './webhook-panel.tsx';

/** One request, live until it has ended, then its results. */
export function RequestPage({ requestId }: { requestId: string }) {
  const { data: view, error, lost } = useRequest(requestId);
  if (view) return <Request view={view} error={error} lost={lost} />;
  if (!error)
    return (
      <Page
        title={lost ? 'Connecting …' : 'Loading …'}
        lead={lost && 'Rowpress can’t be reached. This page keeps trying.'}
      >
        {null}
      </Page>
    );
  return (
    <Page title="This request can’t be shown">
      <ErrorNotice error={error} />
      <p className={styles.back}>
        <Link href="/requests">All requests</Link>
      </p>
    </Page>
  );
}

type RequestProps = {
  view: RequestView;
  /** Why nothing more is told of it, if so. */
  error: Error | null;
  /** There are no answers at present. */
  lost: boolean;
};

function Request({ view, error, lost }: RequestProps) {
  const actions = useRequestActions(view);
  useAnnouncements(view);
  useFocusAfter(actions, view);
  const ended = hasEnded(view.status);
  const percent = ended || view.status === 'AWAITING_FILE' ? '' : `${Math.floor(percentOf(view))}% · `;
  return (
    <Page
      title={view.fileName}
      tabTitle={percent + view.fileName}
      lead={<About view={view} />}
      aside={!ended && <CancelButton view={view} cancel={actions.cancel} />}
    >
      <div className={styles.parts}>
        {error && <ErrorNotice error={error} />}
        {ended ? (
          <SummaryPanel view={view} retry={actions.retry} />
        ) : (
          <ProgressPanel view={view} connection={connectionOf(error, lost)} />
        )}
        {!isBetweenRuns(view) && <FailuresPanel view={view} retry={actions.retry} />}
        {view.webhook && <WebhookPanel webhook={view.webhook} ended={ended} redeliver={actions.redeliver} />}
        {view.products.total > 0 && <ProductsPanel view={view} />}
      </div>
    </Page>
  );
}

const SOURCES: Record<RequestView['source'], string> = {
  api: 'uploaded',
  upload: 'uploaded',
  drop: 'dropped in the folder',
};

function About({ view: { requestId, status, source, createdAt, generation } }: { view: RequestView }) {
  const { label, tone } = STATUS_WORDS[status];
  return (
    <div className={styles.about}>
      <Badge tone={tone}>{label}</Badge>
      <span>
        {status === 'AWAITING_FILE' ? 'begun' : SOURCES[source]} {moment(createdAt)}
        {generation > 1 && `, try ${generation}`}
      </span>
      <span className={styles.id}>
        <code>{requestId}</code>
        <CopyButton text={requestId} label="Copy the request’s id" />
      </span>
    </div>
  );
}

const connectionOf = (error: Error | null, lost: boolean): Connection => (error ? 'refused' : lost ? 'lost' : 'live');

/** What the page showed first is read as it stands; only what changes is announced. */
function useAnnouncements(view: RequestView): void {
  const text = announcement(view);
  const last = useRef(text);
  useEffect(() => {
    if (text !== last.current) announce(text);
    last.current = text;
  }, [text]);
}

/** What was pressed may be gone once it is done: the title takes the focus, as behind a link. */
function useFocusAfter({ retry, cancel }: RequestActions, { status, generation, cancelledAt }: RequestView): void {
  const hasActed = retry.isSuccess || cancel.isSuccess;
  useEffect(() => {
    if (hasActed && document.activeElement === document.body) focusTitle();
  }, [hasActed, status, generation, cancelledAt]);
}
