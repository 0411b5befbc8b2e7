import { Link } from 'wouter';
import type { RequestActions } from '../api/queries.ts';
import type { RequestView } from '../api/types.ts';
import { Button } from '../ui/button.tsx';
import { bytes, count, duration, percent, plural } from '../ui/format.ts';
import { Fact, Facts } from '../ui/facts.tsx';
import { PrintIcon, RetryIcon } from '../ui/icons.tsx';
import { ErrorNotice, Notice } from '../ui/notice.tsx';
import { Panel } from '../ui/panel.tsx';
import { DownloadButton } from './download-button.tsx';
import { failuresOf, retryCode } from './failure-reasons.ts';
import { imageCounts } from './image-counts.ts';
import { SavingsChart } from './savings-chart.tsx';
import styles from './summary-panel.module.css';

type SummaryProps = { view: RequestView; retry: RequestActions['retry'] };

/** What came of a request, in a form that can be shown around, and its files. */
export function SummaryPanel({ view, retry }: SummaryProps) {
  if (view.products.total === 0) return view.status === 'CANCELLED' ? <NeverCame /> : <Unusable view={view} />;
  return (
    <Panel title="Summary" hideTitle className={styles.panel}>
      {view.error && <Trouble view={view} error={view.error} retry={retry} />}
      <div className={styles.columns}>
        <div>
          <Savings view={view} />
          <Files view={view} />
        </div>
        <SavingsChart formats={view.formats} />
      </div>
    </Panel>
  );
}

type TroubleProps = SummaryProps & { error: NonNullable<RequestView['error']> };

/** Its images may all be there, and only the files about them not. */
function Trouble({ view, error, retry }: TroubleProps) {
  const isOld = error.code === 'result_failed' && view.links.export !== null;
  const button = offersRetry(view) && (
    <Button busy={retry.isPending} onClick={() => retry.mutate(undefined)}>
      <RetryIcon /> Try again
    </Button>
  );
  return (
    <>
      <Notice tone="bad" title="The request could not be completed." action={button}>
        {error.message}
        {isOld && ' The files here are those of the try before.'}
      </Notice>
      {retry.error && button && <ErrorNotice error={retry.error} />}
    </>
  );
}

/** Where images that failed can be tried again, that is offered beside them. */
const offersRetry = ({ canRetry, links, failures }: RequestView): boolean =>
  canRetry && (links.export === null || failuresOf(failures).every((failure) => retryCode(failure) === null));

function Files({ view: { requestId, products, links } }: { view: RequestView }) {
  const hasFailures = products.failed + products.partial + products.cancelled > 0;
  return (
    <div className={`${styles.ways ?? ''} screen-only`}>
      {links.export !== null && (
        <DownloadButton requestId={requestId} rows="all" look="primary">
          Download the result CSV
        </DownloadButton>
      )}
      {links.failedRows !== null && hasFailures && (
        <DownloadButton requestId={requestId} rows="failed">
          Failed rows
        </DownloadButton>
      )}
      <Button look="quiet" className={styles.print} onClick={() => window.print()}>
        <PrintIcon /> Print
      </Button>
    </div>
  );
}

function Savings({ view }: { view: RequestView }) {
  const { bytes: size, images, products } = view;
  const { failed, cancelled } = imageCounts(view);
  return (
    <>
      <p className={styles.figure}>
        {size.saved > 0 ? (
          <>
            {percent(size.savedPercent)} <span>smaller</span>
          </>
        ) : (
          <>
            {count(images.compressed)} <span>{images.compressed === 1 ? 'image' : 'images'}</span>
          </>
        )}
      </p>
      {size.in > 0 && (
        <p className={styles.sentence}>
          {bytes(size.in)} became {bytes(size.out)}
          {size.saved > 0 && (
            <>
              : <strong>{bytes(size.saved)} saved</strong>
            </>
          )}
          .
        </p>
      )}
      <div className={styles.facts}>
        <Facts>
          <Fact name="images compressed">
            {count(images.compressed)} <small>of {count(images.total)}</small>
          </Fact>
          <Fact name="products">{count(products.total)}</Fact>
          <Fact name={view.generation > 1 ? 'time of the last try' : 'time'}>{took(view)}</Fact>
          {failed > 0 && <Fact name="images failed">{count(failed)}</Fact>}
          {cancelled > 0 && <Fact name="images cancelled">{count(cancelled)}</Fact>}
          {products.failed > 0 && <Fact name="products failed">{count(products.failed)}</Fact>}
        </Facts>
      </div>
    </>
  );
}

/** Of a request that was tried again: how long the last try took. */
const took = ({ startedAt, finishedAt }: RequestView): string =>
  startedAt === null || finishedAt === null ? '–' : duration(Date.parse(finishedAt) - Date.parse(startedAt));

function NeverCame() {
  return (
    <Panel title="Cancelled before its file came">
      <Notice tone="calm" title="Nothing was fetched.">
        <p>
          <Link href="/">Upload the file</Link> whenever you like; that makes a new request.
        </p>
      </Notice>
    </Panel>
  );
}

function Unusable({ view: { error, images } }: { view: RequestView }) {
  return (
    <Panel title="The file could not be used">
      <Notice tone="bad" title={error?.message ?? 'It holds nothing that can be compressed.'}>
        <p>
          Nothing was fetched{images.total > 0 ? ` of its ${plural(images.total, 'image')}` : ''}. Correct the file and{' '}
          <Link href="/">upload it again</Link>.
        </p>
      </Notice>
    </Panel>
  );
}
