import { useId, useState, type SubmitEvent } from 'react';
import { useStore } from '../app/store.ts';
import { Button } from '../ui/button.tsx';
import { Modal } from '../ui/modal.tsx';
import { Notice } from '../ui/notice.tsx';
import { apiKey, dismissKey, takeKey } from './api-key.ts';
import styles from './key-dialog.module.css';

/** Asks for an API key whenever the server wants one. */
export function KeyDialog() {
  const { asked, refused } = useStore(apiKey);
  if (!asked) return null;
  return (
    <Modal title="An API key is needed" onClose={dismissKey}>
      <KeyForm refused={refused} />
    </Modal>
  );
}

function KeyForm({ refused }: { refused: boolean }) {
  const [key, setKey] = useState('');
  const [keep, setKeep] = useState(false);
  const id = useId();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (key.trim() !== '') takeKey(key.trim(), { keep });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <p>This Rowpress is only for those who have a key. Whoever runs it hands them out.</p>
      {refused && (
        <Notice tone="bad" title="This key was not taken.">
          It may be mistyped, or was withdrawn.
        </Notice>
      )}
      <label htmlFor={id}>API key</label>
      <input
        id={id}
        className={styles.key}
        type="password"
        autoComplete="current-password"
        spellCheck={false}
        required
        value={key}
        onChange={(event) => setKey(event.target.value)}
      />
      <label className={styles.keep}>
        <input type="checkbox" checked={keep} onChange={(event) => setKeep(event.target.checked)} />
        Remember it on this device; otherwise it is forgotten with this tab
      </label>
      <Button type="submit" look="primary">
        Use this key
      </Button>
    </form>
  );
}
