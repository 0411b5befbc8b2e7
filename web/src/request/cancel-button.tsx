import { useState } from 'react';
import type { RequestActions } from '../api/queries.ts';
import type { RequestView } from '../api/types.ts';
import { Button } from '../ui/button.tsx';
import { plural } from '../ui/format.ts';
import { Modal } from '../ui/modal.tsx';
import { ErrorNotice } from '../ui/notice.tsx';
import styles from './cancel-button.module.css';

type CancelProps = { view: RequestView; cancel: RequestActions['cancel'] };

/** Cancels after asking: what was not fetched by then is only done by another try. */
export function CancelButton({ view, cancel }: CancelProps) {
  const [asking, setAsking] = useState(false);
  if (view.cancelledAt !== null || view.status === 'FINISHING') return null;
  return (
    <>
      <Button onClick={() => setAsking(true)}>Cancel</Button>
      {asking && (
        <Modal title="Cancel this request?" onClose={() => setAsking(false)}>
          <Question view={view} cancel={cancel} onClose={() => setAsking(false)} />
        </Modal>
      )}
    </>
  );
}

function Question({ view, cancel, onClose }: CancelProps & { onClose: () => void }) {
  const { images, status } = view;
  return (
    <>
      <p>
        {status === 'AWAITING_FILE'
          ? 'Its file will not be taken any more.'
          : `What is done stays, and comes with the result CSV. ${plural(images.pending, 'image')} not done yet will be marked as cancelled; you can have them done later by another try.`}
      </p>
      {cancel.error && <ErrorNotice error={cancel.error} />}
      <div className={styles.ways}>
        <Button onClick={onClose}>Go on compressing</Button>
        <Button look="danger" busy={cancel.isPending} onClick={() => cancel.mutate(undefined, { onSuccess: onClose })}>
          {cancel.isPending ? 'Cancelling …' : 'Cancel the request'}
        </Button>
      </div>
    </>
  );
}
