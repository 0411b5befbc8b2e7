import { useState } from 'react';
import type { Product, ProductImage } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { bytes, formatName, percent } from '../../ui/format.ts';
import { LeftIcon, RightIcon } from '../../ui/icons.tsx';
import { Modal } from '../../ui/modal.tsx';
import { Notice } from '../../ui/notice.tsx';
import { failureReason } from '../failure-reasons.ts';
import styles from './compare-dialog.module.css';
import { CompareSlider } from './compare-slider.tsx';

type CompareDialogProps = { product: Product; image: number; onClose: () => void };

/** An image before and after, and what became of it. */
export function CompareDialog({ product, image: first, onClose }: CompareDialogProps) {
  const [at, setAt] = useState(first);
  const image = product.images[at];
  if (!image) return null;
  const { length } = product.images;
  return (
    <Modal title={product.product_name || `Row ${product.row}`} wide onClose={onClose}>
      {length > 1 && (
        <div className={styles.turn}>
          <Button small aria-label="Previous image" busy={at === 0} onClick={() => setAt(at - 1)}>
            <LeftIcon size={16} />
          </Button>
          <span role="status">
            Image {at + 1} of {length}
          </span>
          <Button small aria-label="Next image" busy={at === length - 1} onClick={() => setAt(at + 1)}>
            <RightIcon size={16} />
          </Button>
        </div>
      )}
      {image.outputUrl === null ? (
        <Failed image={image} />
      ) : (
        <>
          <CompareSlider key={at} image={image} outputUrl={image.outputUrl} />
          <Facts image={image} outputUrl={image.outputUrl} />
        </>
      )}
    </Modal>
  );
}

function Failed({ image: { code, url, message, httpStatus } }: { image: ProductImage }) {
  const { title, todo } = failureReason(code ?? '');
  return (
    <Notice tone="bad" title={title}>
      <p>{todo}</p>
      <p className={styles.said}>
        {message}
        {httpStatus !== null && ` (HTTP ${httpStatus})`}
      </p>
      <p>
        <code>{url}</code>
      </p>
    </Notice>
  );
}

const WARNINGS: Record<string, string> = {
  kept_original:
    'It was small already: compressing it would have made it larger, so it is the original, byte for byte.',
  first_frame_only: 'The original moves; the chosen format shows its first frame only.',
  larger_than_input: 'It became larger than the original, which could not stay as it was.',
  other_format: 'Its sides are longer than the chosen format can hold, so it has another one.',
};

function Facts({ image, outputUrl }: { image: ProductImage; outputUrl: string }) {
  const { url, bytesIn, bytesOut, format, width, height, warnings } = image;
  return (
    <>
      <dl className={styles.facts}>
        <div>
          <dt>Before</dt>
          <dd>{bytes(bytesIn)}</dd>
          <dd>
            <a href={url} target="_blank" rel="noreferrer noopener">
              Open original
            </a>
          </dd>
        </div>
        <div>
          <dt>After</dt>
          <dd>{bytes(bytesOut)}</dd>
          <dd>
            <a href={outputUrl} target="_blank" rel="noreferrer noopener">
              Open result
            </a>
          </dd>
        </div>
        <div>
          <dt>Saved</dt>
          <dd>{percent(bytesIn > 0 ? ((bytesIn - bytesOut) / bytesIn) * 100 : 0)}</dd>
          <dd>
            {format !== null && formatName(format)}, <span className={styles.whole}>{`${width} × ${height}`}</span>{' '}
            pixels
          </dd>
        </div>
      </dl>
      {warnings.map((warning) => (
        <p key={warning} className={styles.warning}>
          {WARNINGS[warning] ?? warning.replaceAll('_', ' ')}
        </p>
      ))}
    </>
  );
}
