import { useId, useLayoutEffect, useRef, type ReactNode } from 'react';
import { Button } from './button.tsx';
import { CrossIcon } from './icons.tsx';
import styles from './modal.module.css';

type ModalProps = { title: string; wide?: boolean; onClose: () => void; children: ReactNode };

/** The browser's own dialog: it keeps the focus, closes by Escape and gives the focus back. */
export function Modal({ title, wide = false, onClose, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Before the element is gone from the page: only then does closing give the focus back.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={styles.modal}
      data-wide={wide || undefined}
      aria-labelledby={id}
      // Also fires late, when it has been shown again meanwhile.
      onClose={() => !dialog.current?.open && onClose()}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div className={styles.inner}>
        <h2 id={id}>{title}</h2>
        {children}
        {/* Last, because the dialog gives the focus to the first control. */}
        <Button look="quiet" small className={styles.close} aria-label="Close" onClick={onClose}>
          <CrossIcon />
        </Button>
      </div>
    </dialog>
  );
}
