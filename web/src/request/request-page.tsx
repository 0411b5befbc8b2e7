import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { useRequest, useRequestActions } from '../api/queries.ts';
import type { RequestView } from '../api/types.ts';
import { announce } from '../app/announcer.tsx';
import { Page } from '../app/page.tsx';
import { moment } from '../ui/format.ts';
import { Badge } from '../ui/badge.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { ErrorNotice } from '../ui/notice.tsx';
import { announcement } from './activity.ts';
import { CancelButton } from './cancel-button.tsx';
import { FailuresPanel } from './failures-panel.tsx';
import { ProductsPanel } from './products/products-panel.tsx';
import { ProgressPanel } from './progress-panel.tsx';
import styles from './request-page.module.css';
import { hasEnded, STATUS_WORDS } from './status-words.ts';
import { SummaryPanel } from './summary-panel.tsx';
import { WebhookPanel } from './webhook-panel.tsx';

/** One request, live until it has ended, then its results. */
export function RequestPage({ requestId }: { requestId: string }) {
  const { data: view, error, lost } = useRequest(requestId);
  if (view) return <Request view={view} lost={lost} />;
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

function Request({ view, lost }: { view: RequestView; lost: boolean }) {
  const actions = useRequestActions(view);
  useAnnouncements(view);
  const ended = hasEnded(view.status);
  const percent = ended || view.status === 'AWAITING_FILE' ? '' : `${Math.floor(view.progress.percent)}% · `;
  return (
    <Page
      title={view.fileName}
      tabTitle={percent + view.fileName}
      lead={<About view={view} />}
      aside={!ended && <CancelButton view={view} cancel={actions.cancel} />}
    >
      <div className={styles.parts}>
        {ended ? <SummaryPanel view={view} retry={actions.retry} /> : <ProgressPanel view={view} lost={lost} />}
        <FailuresPanel view={view} retry={actions.retry} />
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

/** What the page showed first is read as it stands; only what changes is announced. */
function useAnnouncements(view: RequestView): void {
  const text = announcement(view);
  const [first] = useState(text);
  useEffect(() => {
    if (text !== first) announce(text);
  }, [text, first]);
}
