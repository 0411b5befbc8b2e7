import { useLayoutEffect, useRef, useState } from 'react';
import type { ProductImage } from '../../api/types.ts';
import { Notice } from '../../ui/notice.tsx';
import styles from './compare-slider.module.css';

type CompareSliderProps = { image: ProductImage; outputUrl: string };

const isWebUrl = (url: string) => /^https?:\/\//i.test(url);

/** Of the window: there must be room for the figures below. */
const HEIGHT_DVH = 62;

/** Both images upon each other; the original is cut off at the slider. */
export function CompareSlider({ image: { url, width, height }, outputUrl }: CompareSliderProps) {
  const [missing, setMissing] = useState(!isWebUrl(url));
  const [isActual, setActual] = useState(false);
  const ratio = width && height ? width / height : 1;
  const size = isActual && width ? { width } : { width: `min(100%, ${ratio * HEIGHT_DVH}dvh)` };
  const frame = useRef<HTMLDivElement>(null);
  // Its middle is where the slider stands, and mostly the product, too.
  useLayoutEffect(() => {
    const { current: seen } = frame;
    if (!isActual || !seen) return;
    seen.scrollTo((seen.scrollWidth - seen.clientWidth) / 2, (seen.scrollHeight - seen.clientHeight) / 2);
  }, [isActual]);
  return (
    <>
      <div ref={frame} className={styles.frame} data-actual={isActual || undefined}>
        <div className={styles.stage} style={{ aspectRatio: ratio, ...size }}>
          <img src={outputUrl} alt="Compressed" decoding="async" />
          {!missing && <Curtain url={url} onMissing={() => setMissing(true)} />}
        </div>
      </div>
      {missing && (
        <Notice tone="warn" title="The original can’t be shown here.">
          Its server does not give it to browsers, it is gone by now, or this page may not load it. You see the
          compressed image only.
        </Notice>
      )}
      <label className={styles.actual}>
        <input type="checkbox" checked={isActual} onChange={({ target }) => setActual(target.checked)} />
        Actual size
      </label>
    </>
  );
}

/** The original, as far as it is drawn over the other one. */
function Curtain({ url, onMissing }: { url: string; onMissing: () => void }) {
  const [at, setAt] = useState(50);
  return (
    <>
      <img
        src={url}
        alt="Original"
        decoding="async"
        referrerPolicy="no-referrer"
        style={{ clipPath: `inset(0 ${100 - at}% 0 0)` }}
        onError={onMissing}
      />
      <span className={styles.line} style={{ left: `${at}%` }} />
      <span className={styles.tag} aria-hidden="true">
        Before
      </span>
      <span className={styles.tag} data-after="" aria-hidden="true">
        After
      </span>
      <input
        type="range"
        min={0}
        max={100}
        value={at}
        aria-label="How much of the original is shown"
        aria-valuetext={`${at}% original`}
        onChange={({ target }) => setAt(target.valueAsNumber)}
      />
    </>
  );
}
