import { memo } from 'react';
import type { Product, ProductImage } from '../../api/types.ts';
import { Badge } from '../../ui/badge.tsx';
import { bytes, change, count } from '../../ui/format.ts';
import { failureReason } from '../failure-reasons.ts';
import { PRODUCT_WORDS } from '../status-words.ts';
import { ImageTile } from './image-tile.tsx';
import styles from './product-row.module.css';

type ProductRowProps = { product: Product; onCompare: (product: Product, image: number) => void };

const TILES_SHOWN = 4;
const REASONS_SHOWN = 2;

/** A product, its images, and what they weigh now. */
export const ProductRow = memo(function ProductRow({ product, onCompare }: ProductRowProps) {
  const { images, serial_number, product_name, row, status } = product;
  const more = images.length - TILES_SHOWN;
  const name = product_name || serial_number || `Row ${row}`;
  const { label, tone } = PRODUCT_WORDS[status];
  return (
    <div className={styles.row}>
      <div className={styles.words}>
        <p className={styles.name}>{name}</p>
        <p className={styles.place}>
          {serial_number !== '' && `${serial_number} · `}row {count(row)}
        </p>
        <Reasons product={product} />
      </div>
      <div className={styles.tiles}>
        {images.slice(0, TILES_SHOWN).map((image, at) => (
          <ImageTile
            key={at}
            image={image}
            label={`image ${at + 1} of ${name}`}
            onCompare={() => onCompare(product, at)}
          />
        ))}
        {more > 0 && (
          <button
            type="button"
            className={styles.more}
            aria-label={`${more} more images of ${name}`}
            onClick={() => onCompare(product, TILES_SHOWN)}
          >
            +{more}
          </button>
        )}
      </div>
      <Sizes images={images} />
      <div className={styles.status}>
        <Badge tone={tone}>{label}</Badge>
      </div>
    </div>
  );
});

function Sizes({ images }: { images: ProductImage[] }) {
  const before = images.reduce((sum, { bytesIn }) => sum + bytesIn, 0);
  const after = images.reduce((sum, { bytesOut }) => sum + bytesOut, 0);
  if (before === 0) return <div className={styles.sizes} />;
  return (
    <div className={styles.sizes}>
      <p className={styles.saved}>{change(before, after)}</p>
      <p className={styles.place}>
        {bytes(before)} <span aria-label="became">→</span> {bytes(after)}
      </p>
    </div>
  );
}

function Reasons({ product: { errors, images, status } }: { product: Product }) {
  const rowReasons = errors.map(({ message }) => message);
  const imageReasons = images.flatMap(({ code, httpStatus }, at) =>
    code === null
      ? []
      : [`Image ${at + 1}: ${failureReason(code).title}${httpStatus === null ? '' : ` (HTTP ${httpStatus})`}`],
  );
  const reasons = [...rowReasons, ...imageReasons];
  const more = reasons.length - REASONS_SHOWN;
  return reasons.slice(0, REASONS_SHOWN).map((reason, at) => (
    <p key={at} className={styles.reason} data-calm={status === 'CANCELLED' || undefined}>
      {reason}
      {at === REASONS_SHOWN - 1 && more > 0 && `, and ${more} more`}
    </p>
  ));
}
