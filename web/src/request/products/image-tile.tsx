import { useState } from 'react';
import type { ProductImage } from '../../api/types.ts';
import { AlertIcon, CrossIcon } from '../../ui/icons.tsx';
import { failureReason } from '../failure-reasons.ts';
import styles from './image-tile.module.css';

type ImageTileProps = { image: ProductImage; label: string; onCompare: () => void };

/** A thumbnail that opens the comparison, or a mark where there is no image. */
export function ImageTile({ image: { outputUrl, code }, label, onCompare }: ImageTileProps) {
  const [isGone, setGone] = useState(false);
  if (outputUrl === null) {
    const why = failureReason(code ?? '').title;
    return (
      <button
        type="button"
        className={styles.tile}
        data-failed={code === 'cancelled' ? 'calm' : 'bad'}
        aria-label={`About ${label}: ${why}`}
        title={why}
        onClick={onCompare}
      >
        {code === 'cancelled' ? <CrossIcon /> : <AlertIcon />}
      </button>
    );
  }
  return (
    <button type="button" className={styles.tile} aria-label={`Compare ${label}`} onClick={onCompare}>
      {isGone ? (
        <AlertIcon />
      ) : (
        <img
          src={outputUrl}
          alt=""
          width={52}
          height={52}
          loading="lazy"
          decoding="async"
          onError={() => setGone(true)}
        />
      )}
    </button>
  );
}
