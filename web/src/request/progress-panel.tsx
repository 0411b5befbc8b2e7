import { useState } from 'react';
import type { RequestView } from '../api/types.ts';
import { bytes, count, percent } from '../ui/format.ts';
import { Fact, Facts } from '../ui/facts.tsx';
import { Panel } from '../ui/panel.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { useNow } from '../ui/use-now.ts';
import { activityOf, progressMark, type Connection } from './activity.ts';
import { imageCounts, isBetweenRuns, percentOf } from './image-counts.ts';
import styles from './progress-panel.module.css';

/** How far a request has come, what it is doing, and why nothing moves if nothing does. */
export function ProgressPanel({ view, connection }: { view: RequestView; connection: Connection }) {
  const now = useNow(true);
  const quietMs = now - useLastChange(progressMark(view), now);
  const activity = activityOf({ view, quietMs, connection, now });
  const { total, compressed, failed, cancelled, ended } = imageCounts(view);
  const isKnown = total > 0 && !isBetweenRuns(view);
  return (
    <Panel title="Progress" hideTitle className={styles.panel}>
      <div className={styles.top}>
        {isKnown && (
          <p className={styles.figure}>
            {figureOf(percentOf(view), total)}
            <span>%</span>
          </p>
        )}
        {activity && (
          <div className={styles.activity} data-waiting={activity.isWaiting || undefined}>
            <p className={styles.title}>{activity.title}</p>
            <p className={styles.detail}>{activity.detail}</p>
          </div>
        )}
      </div>
      {view.status !== 'AWAITING_FILE' && (
        <ProgressBar
          label="Images done"
          total={total}
          good={compressed}
          bad={failed}
          left={cancelled}
          valueText={total > 0 ? `${count(ended)} of ${count(total)} images` : 'not counted yet'}
        />
      )}
      {view.products.total > 0 && !isBetweenRuns(view) && <Figures view={view} />}
    </Panel>
  );
}

function Figures({ view }: { view: RequestView }) {
  const { products, bytes: size } = view;
  const { total, failed, cancelled, ended } = imageCounts(view);
  return (
    <Facts even>
      <Fact name="images">
        {count(ended)} <small>of {count(total)}</small>
      </Fact>
      <Fact name="products">
        {count(products.total - products.pending)} <small>of {count(products.total)}</small>
      </Fact>
      <Fact name="saved so far">
        {bytes(size.saved)} {size.in > 0 && <small>{percent(size.savedPercent)}</small>}
      </Fact>
      <Fact name={cancelled > 0 ? 'images failed or cancelled' : 'images failed'}>{count(failed + cancelled)}</Fact>
    </Facts>
  );
}

/** The first percent of a large file takes minutes; without a decimal it would look stuck. */
const figureOf = (percent: number, total: number) =>
  total > 1000 && percent < 10 ? percent.toFixed(1) : Math.floor(percent);

/** When the mark was last another one, as far as this page has seen. */
function useLastChange(mark: string, now: number): number {
  const [seen, setSeen] = useState({ mark, at: now });
  if (seen.mark === mark) return seen.at;
  setSeen({ mark, at: now });
  return now;
}
